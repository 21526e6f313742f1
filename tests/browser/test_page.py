"""The page that a browser gets from GET /graph, in a real headless Chromium that can reach nothing but loopback.

web/visit.mjs does the visit, through the npm package playwright-core (`make page` installs it): it weighs 14 MB where
its Python twin, with a Node of its own, weighs 165, and the page's build has Node anyway.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import graphql
import msgspec
import pytest

from tests.harness import Gateway

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "web/src/examples").glob("*.graphql"))
VISIT_S = 90


class Visit(msgspec.Struct, rename="camel"):
    """What web/visit.mjs saw."""

    title: str
    answer: str
    console_errors: list[str]
    requests: list[str]
    sockets: list[str]
    local_storage: dict[str, str]
    session_storage: dict[str, str]


@pytest.fixture
async def visit(gateway: Gateway, tmp_path: Path) -> Visit:
    node, chromium = shutil.which("node"), shutil.which("chromium")
    assert node, "needs Node"
    assert chromium, "needs Debian's package chromium"
    url, key = gateway.url + "/graph", gateway.sandbox.accounts.yusuf_key
    arguments = (str(ROOT / "web/visit.mjs"), chromium, url, key, str(tmp_path / "page.png"))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(node, *arguments, stdout=pipe, stderr=pipe)
    seen, errors = await asyncio.wait_for(process.communicate(), VISIT_S)
    assert process.returncode == 0, errors.decode()
    return msgspec.json.decode(seen, type=Visit)


@pytest.mark.slow
async def test_the_page_runs_its_first_query_without_leaving_its_origin(
    visit: Visit, gateway: Gateway, tmp_path: Path
) -> None:
    assert visit.title == "fngraph"
    assert '"username": "yusuf"' in visit.answer
    assert '"errors"' not in visit.answer
    assert visit.console_errors == []
    assert visit.sockets == []
    assert visit.requests[0] == f"{gateway.url}/graph"
    assert [url for url in visit.requests if not url.startswith((f"{gateway.url}/", "data:"))] == []
    assert (tmp_path / "page.png").stat().st_size > 0


@pytest.mark.slow
async def test_the_access_key_is_kept_for_the_session_only(visit: Visit, gateway: Gateway) -> None:
    key = gateway.sandbox.accounts.yusuf_key
    assert list(visit.session_storage.values()) == [key]
    assert "graphiql:queries" in visit.local_storage
    assert key not in str(visit.local_storage)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_every_example_is_valid_in_the_schema(example: Path) -> None:
    schema = graphql.build_schema((ROOT / "schema.graphql").read_text())
    assert graphql.validate(schema, graphql.parse(example.read_text())) == []
    assert example.read_text().startswith("# ")


def test_there_are_examples() -> None:
    assert EXAMPLES[0].stem == "1-everything"
