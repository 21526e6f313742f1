"""Clients and protocol checks of the JavaScript world, from their npm packages, against a running gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.__main__ import main
from gateway.sandbox.invoke.seed import IMAGE_ID
from gateway.sandbox.running import Sandbox
from gateway.settings import DocumentSettings, Settings
from tests import programs
from tests.harness import Gateway, serving
from tests.sockets import following

SUITES = Path(__file__).parent / "suites"

pytestmark = pytest.mark.slow


async def run(*command: str) -> str:
    """What a command in the folder of the suites prints; it must succeed."""
    return await programs.run(*command, cwd=SUITES)


@pytest.fixture
async def packages() -> None:
    await programs.npm_install(SUITES)


@pytest.mark.usefixtures("packages")
async def test_graphql_ws_and_its_protocol(gateway: Gateway) -> None:
    output = await run("node", "transport_ws.mjs", gateway.url + "/graph", following(3), following(500))
    assert output == "45 of 45\n"


@pytest.mark.usefixtures("packages")
async def test_the_audits_of_graphql_over_http(gateway: Gateway) -> None:
    assert await run("node", "graphql_http.mjs", gateway.url + "/graph") == "61 of 61\n"


@pytest.mark.usefixtures("packages")
async def test_graphql_sse_its_protocol_and_the_streams_of_urql_and_apollo_client(gateway: Gateway) -> None:
    key = gateway.sandbox.accounts.ada_key
    output = await run("node", "event_stream.mjs", gateway.url + "/graph", following(6), key)
    assert output == "24 of 24\n"


@pytest.mark.usefixtures("packages")
async def test_files_by_the_multipart_request_specification(gateway: Gateway) -> None:
    key = gateway.sandbox.accounts.ada_key
    output = await run("node", "uploads.mjs", gateway.url + "/graph", key, IMAGE_ID)
    assert output == "20 of 20\n"


@pytest.mark.usefixtures("packages")
async def test_apollo_client_urql_graphql_request_and_relay(gateway: Gateway) -> None:
    key = gateway.sandbox.accounts.ada_key
    assert await run("node", "clients.mjs", gateway.url + "/graph", following(3), key) == "22 of 22\n"


DEFERRED = """{ predictors(input: {count: 3}) { tag ... @defer(label: "owner") { owner { username } } }
  ... @defer(label: "later") { predictor(input: {tag: "@fxn/greeting"}) { tag name } } }"""
STREAMED = '{ predictors(input: {count: 4}) @stream(initialCount: 1, label: "rest") { tag owner { username } } }'


@pytest.mark.usefixtures("packages")
async def test_parts_of_answers_with_apollo_client_meros_and_urql(gateway: Gateway) -> None:
    output = await run("node", "incremental.mjs", gateway.url + "/graph", DEFERRED, STREAMED)
    assert output == "16 of 16\n"


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize(
    ("mode", "members", "checks"),
    [("on", {}, 20), ("off", {"apq": False}, 4), ("trusted", {"trusted_only": True}, 12)],
)
async def test_persisted_queries_of_apollo_client_and_urql(
    settings: Settings, sandbox: Sandbox, tmp_path: Path, mode: str, members: dict[str, Any], checks: int
) -> None:
    folder, manifest = tmp_path / "documents", tmp_path / "manifest.json"
    folder.mkdir()
    (folder / "a.graphql").write_text('query Trusted { type: __type(name: "Query") { name __typename } }')
    assert main(["persist", str(folder), "-o", str(manifest)]) == 0
    documents = DocumentSettings(manifest=manifest, **members)
    async with serving(replace(settings, documents=documents), sandbox) as gateway:
        output = await run("node", "persisted.mjs", gateway.url + "/graph", mode, str(manifest))
    assert output == f"{checks} of {checks}\n"
