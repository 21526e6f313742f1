"""What the pinned packages are, may be and are known for; and that silence of a service does not count as none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from supply_chain.audit import FOUND, NOT_ASKED, NotAskedError, audit, npm_findings, python_findings
from supply_chain.licences import Package, is_permissive, npm_packages, page, python_packages, refused

ROOT = Path(__file__).parent.parent
SKIPPED = {"dependencies": [{"name": "jinja2", "skip_reason": "Dependency not found on PyPI"}], "fixes": []}
KNOWN_TO_BE_FINE = {"dependencies": [{"name": "jinja2", "version": "2.10", "vulns": []}], "fixes": []}


def vulnerable(name: str, version: str) -> dict[str, object]:
    return {"name": name, "version": version, "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}


def program(file: Path, *outputs: object) -> Path:
    """A program that prints these as JSON, one for each run, and ends with 1, as pip-audit and npm audit may."""
    for number, output in enumerate(outputs):
        (file.parent / f"{file.name}.{number}").write_text(json.dumps(output))
    count = f"$(ls {file}.done* 2>/dev/null | wc -l)"
    file.write_text(f"#!/bin/sh\nrun={count}\ntouch {file}.done$run\ncat {file}.$run\nexit 1\n")
    file.chmod(0o755)
    return file


def test_the_page_of_licences_is_what_is_printed() -> None:
    assert (ROOT / "docs" / "licences.md").read_text() == page(), "run `make licences`"


def test_all_licences_are_allowed() -> None:
    python, npm = python_packages(), npm_packages()
    assert len(python) > 35
    assert len(npm) > 80
    assert refused([*python, *npm]) == []


@pytest.mark.parametrize(
    "licence", ["MIT", "Apache-2.0 AND MIT", "GPL-3.0-only OR MIT", "Apache-2.0 AND MIT OR GPL-2.0"]
)
def test_a_licence_that_asks_for_notices_only_is_permissive(licence: str) -> None:
    assert is_permissive(licence)


@pytest.mark.parametrize("licence", ["", "GPL-3.0-only", "MIT AND LGPL-3.0-only", "(MIT OR GPL-2.0) AND MIT", "mine"])
def test_any_other_licence_is_refused_by_name(licence: str) -> None:
    package = Package("borrowed", "1", licence)
    assert refused([package, Package("free", "1", "MIT")]) == [package]


def test_each_known_vulnerability_of_a_pinned_package_is_found_once(tmp_path: Path) -> None:
    pins = {"dependencies": [vulnerable("old", "2"), {"name": "new", "version": "1", "vulns": []}]}
    canary = {"dependencies": [vulnerable("jinja2", "2.10")]}
    pip_audit = program(tmp_path / "pip-audit", canary, pins, pins)
    assert python_findings([tmp_path / "a.txt", tmp_path / "b.txt"], pip_audit) == ["old 2: PYSEC-1, fixed in 3"]


@pytest.mark.parametrize("answer", [SKIPPED, KNOWN_TO_BE_FINE])
def test_a_service_that_does_not_know_what_is_known_was_not_asked(answer: object, tmp_path: Path) -> None:
    with pytest.raises(NotAskedError, match=r"jinja2|canary"):
        python_findings([tmp_path / "pins.txt"], program(tmp_path / "pip-audit", answer))


def test_a_package_that_the_service_skips_was_not_asked_about(tmp_path: Path) -> None:
    pip_audit = program(tmp_path / "pip-audit", {"dependencies": [vulnerable("jinja2", "2.10")]}, SKIPPED)
    with pytest.raises(NotAskedError, match=r"1 of 1 packages of pins\.txt"):
        python_findings([tmp_path / "pins.txt"], pip_audit)


def test_npm_s_findings_are_told_by_package(tmp_path: Path) -> None:
    answer = {"vulnerabilities": {"old": {"range": "<3", "severity": "high"}}}
    assert npm_findings(program(tmp_path / "npm", answer)) == ["old <3: high"]


def test_npm_s_refusal_is_not_an_empty_answer(tmp_path: Path) -> None:
    with pytest.raises(NotAskedError, match=r"^405 Method Not Allowed$"):
        npm_findings(program(tmp_path / "npm", {"message": "405 Method Not Allowed - POST ...", "statusCode": 405}))


def test_a_tool_that_prints_no_json_was_not_asked(tmp_path: Path) -> None:
    tool = tmp_path / "npm"
    tool.write_text("#!/bin/sh\necho 'no network' >&2\n")
    tool.chmod(0o755)
    with pytest.raises(NotAskedError, match="npm gave no answer: no network"):
        npm_findings(tool)


def test_the_report_never_passes_what_was_not_asked_for_nothing() -> None:
    def silent() -> list[str]:
        raise NotAskedError("405")

    assert list(audit({"a": list, "b": lambda: ["old 2: PYSEC-1"], "c": silent})) == [
        (0, "a: 0 known vulnerabilities"),
        (FOUND, "b: 1 known vulnerabilities\n  old 2: PYSEC-1"),
        (NOT_ASKED, "c: NOT ASKED, so nothing is known: 405"),
    ]
