"""The documentation holds together: links lead somewhere, and its GraphQL and TOML is right."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import NamedTuple

import pytest
from graphql import GraphQLSchema, parse, validate

from gateway.__main__ import main
from gateway.settings import SettingsError, load
from gateway.settings.reference import reference
from schema import build_schema

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]

FENCE = re.compile(r"^( *)```(.*)\n((?:.*\n)*?)\1```$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block of a page. ``info`` is what stands behind the fence."""

    place: str
    info: str
    text: str


def blocks(language: str) -> list[Block]:
    """All blocks of a language, but those whose title says that they are something else than it seems."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for fence in FENCE.finditer(text):
            indent, info, content = fence.groups()
            if info.split(" ")[0] == language:
                line = text.count("\n", 0, fence.start()) + 1
                found.append(Block(f"{page.name}:{line}", info, re.sub(rf"^{indent}", "", content, flags=re.MULTILINE)))
    return found


def slug(heading: str) -> str:
    """The anchor that Python-Markdown gives a heading (``toc``)."""
    plain = unicodedata.normalize("NFKD", heading.replace("`", "")).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))}


def links(page: Path) -> list[str]:
    prose = re.sub(r"`[^`]*`", "", FENCE.sub("", page.read_text(encoding="utf-8")))
    return [link for link in LINK.findall(prose) if "://" not in link]


def is_broken(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return not target.exists() or (anchor != "" and anchor not in anchors(target))


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema()._schema


def test_links_and_anchors_lead_somewhere() -> None:
    found = [(page, link) for page in PAGES for link in links(page)]
    assert len(found) > 70
    assert [f"{page.name}: {link}" for page, link in found if is_broken(page, link)] == []


def test_pages_link_to_pages_only() -> None:
    """What is not below docs/ is not in the site."""
    found = [(page, link.partition("#")[0]) for page in PAGES[1:] for link in links(page) if not link.startswith("#")]
    assert len(found) > 60
    outside = [link for page, link in found if not (page.parent / link).resolve().is_relative_to(DOCS)]
    assert outside == []


def test_graphql_is_valid(schema: GraphQLSchema) -> None:
    found = [block for block in blocks("graphql") if "title=" not in block.info]
    assert len(found) > 15
    problems = [f"{place}: {error.message}" for place, _, text in found for error in validate(schema, parse(text))]
    assert problems == []


def test_settings_are_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = [block for block in blocks("toml") if "title=" not in block.info]
    assert len(found) > 15
    assert [problem for block in found for problem in problems(block, tmp_path)] == []


def problems(block: Block, folder: Path) -> list[str]:
    """What is wrong with a block of settings; files that it names for an example need not be there."""
    file = folder / "fngraph.toml"
    file.write_text(block.text, encoding="utf-8")
    try:
        load(file)
    except SettingsError as error:
        return [f"{block.place}: {text}" for text in error.problems if not text.endswith("is not a readable file")]
    return []


def test_other_toml_can_be_read() -> None:
    found = [block for block in blocks("toml") if "title=" in block.info]
    assert [block.info for block in found] == ['toml title="pyproject.toml"']
    for block in found:
        tomllib.loads(block.text)


def test_the_reference_of_settings_is_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings"]) == 0
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == capsys.readouterr().out, (
        "run `make settings-reference`"
    )


def test_every_setting_says_what_it_is() -> None:
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    assert [row for row in rows if row.split(" | ")[3].strip() == ""] == []


def test_every_decision_is_listed() -> None:
    index = (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")
    decisions = sorted((DOCS / "decisions").glob("0*.md"))
    titles = [file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for file in decisions]
    assert len(decisions) >= 8
    assert [line for line in index.splitlines() if line.startswith("- [")] == [
        f"- [{title}]({file.name})" for title, file in zip(titles, decisions, strict=True)
    ]
