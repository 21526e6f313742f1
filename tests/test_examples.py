"""The examples are made, type-checked and run against a gateway that runs nothing but their own documents."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from gateway.sandbox.running import Sandbox
from gateway.settings import DocumentSettings, Settings
from tests.clients.venvs import python_of
from tests.harness import Gateway, serving
from tests.programs import npm_install, run

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
MADE = ("node_modules", "dist", "gql", "__generated__", "persisted.json", "fngraph_client", ".mypy_cache")
VISIT_S = 90
LISTED = """\
function_spamornot0000001: spam-or-not
function_sentiment0000001: sentiment
function_topictags0000001: topics
"""
INVOKED_AND_FOLLOWED = """\
Label: Positive
one
one two
one two three
"""


def copied(name: str, folder: Path) -> Path:
    """A copy of an example without what is made of it, in a place like its own: beside the schema."""
    shutil.copy(ROOT / "schema.graphql", folder)
    return shutil.copytree(EXAMPLES / name, folder / "examples" / name, ignore=shutil.ignore_patterns(*MADE))


async def with_packages(name: str, folder: Path) -> Path:
    """A copy that shares the packages of the original."""
    await npm_install(EXAMPLES / name)
    example = copied(name, folder)
    (example / "node_modules").symlink_to(EXAMPLES / name / "node_modules")
    return example


async def npm_run(example: Path, *scripts: str, **environment: str) -> None:
    for script in scripts:
        await run("npm", "run", "--silent", script, cwd=example, **environment)


def trusting(settings: Settings, sandbox: Sandbox, manifest: Path) -> contextlib.AbstractAsyncContextManager[Gateway]:
    """A gateway that runs the documents of the manifest, and no other."""
    documents = DocumentSettings(manifest=manifest, trusted_only=True)
    return serving(replace(settings, documents=documents), sandbox)


def lines(folder: Path) -> dict[str, list[str]]:
    """The lines of the files in a folder, sorted, by the file's name: introspection has types in another order."""
    return {file.name: sorted(file.read_text().splitlines()) for file in folder.iterdir() if file.is_file()}


class Found(msgspec.Struct):
    """What tests/examples/front_end.mjs found; ``sent`` has the members of each body."""

    functions: list[str]
    labels: list[str]
    states: list[str]
    sent: list[list[str]]


class Visit(msgspec.Struct, rename="camel"):
    """What web/visit.mjs saw."""

    found: Found
    console_errors: list[str]
    local_storage: dict[str, str]
    session_storage: dict[str, str]


@contextlib.asynccontextmanager
async def preview(example: Path, gateway: Gateway) -> AsyncIterator[str]:
    """The address of the built front end before a gateway."""
    await npm_run(example, "build")
    process = await asyncio.create_subprocess_exec(
        "node", "node_modules/vite/bin/vite.js", "preview", "--host", "127.0.0.1", "--port", "0",
        cwd=example, env={**os.environ, "NO_COLOR": "1", "FNGRAPH_URL": gateway.url}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout
        async with asyncio.timeout(30):
            async for line in process.stdout:
                if b"http://" in line:
                    yield line.decode().split()[-1]
                    break
    finally:
        process.terminate()
        await process.communicate()


async def visited(url: str, key: str, screenshot: Path) -> Visit:
    chromium = shutil.which("chromium")
    assert chromium, "needs Debian's package chromium"
    script = "../../tests/examples/front_end"  # from web/visits
    visit = run("node", "visit.mjs", script, chromium, url, key, screenshot, cwd=ROOT / "web")
    return msgspec.json.decode(await asyncio.wait_for(visit, VISIT_S), type=Visit)


@pytest.mark.slow
async def test_the_typescript_front_end_lists_invokes_and_streams(
    settings: Settings, sandbox: Sandbox, tmp_path: Path
) -> None:
    example, key = await with_packages("typescript", tmp_path), sandbox.accounts.ada_key
    await npm_run(example, "generate", "check")
    async with (
        trusting(settings, sandbox, example / "src/gql/persisted-documents.json") as gateway,
        preview(example, gateway) as url,
    ):
        visit = await visited(url, key, tmp_path / "page.png")
    found = visit.found
    assert found.functions[:3] == ["spam-or-not", "sentiment", "function_untrained0000001"]
    assert {"@fxn/greeting", "@fxn/stream"} < set(found.functions)
    assert found.labels == ["Positive: 75%", "Negative: 20%", "Neutral: 5%"]
    assert found.states[-1] == "one two three four five six seven eight"
    assert len(found.states) > 1  # React may draw two that come together at once
    assert [state for state in found.states if not found.states[-1].startswith(state)] == []
    assert found.sent == [["extensions", "operationName", "variables"]] * 4
    assert (visit.console_errors, visit.local_storage, visit.session_storage) == ([], {}, {"access-key": key})


@pytest.mark.slow
async def test_typescript_types_are_the_same_from_a_gateway_and_from_its_schema_file(
    gateway: Gateway, tmp_path: Path
) -> None:
    example = await with_packages("typescript", tmp_path)
    await npm_run(example, "generate")
    from_file = lines(example / "src/gql")
    await npm_run(example, "generate", SCHEMA=gateway.url + "/graph")
    assert sorted(from_file) == ["gql.ts", "graphql.ts", "index.ts", "persisted-documents.json"]
    assert lines(example / "src/gql") == from_file


@pytest.mark.slow
async def test_the_relay_client_lists_finds_invokes_and_streams(
    settings: Settings, sandbox: Sandbox, tmp_path: Path
) -> None:
    example = await with_packages("relay", tmp_path)
    await npm_run(example, "generate", "build")
    async with trusting(settings, sandbox, example / "persisted.json") as gateway:
        output = await run("node", "dist/main.js", sandbox.accounts.ada_key, gateway.url + "/graph", cwd=example)
    assert output == LISTED + "Found: sentiment, Classification\n" + INVOKED_AND_FOLLOWED


@pytest.mark.slow
async def test_the_python_client_lists_invokes_and_streams(
    settings: Settings, sandbox: Sandbox, tmp_path: Path
) -> None:
    example, python = copied("python", tmp_path), python_of("ariadne-codegen", "0.19.0")
    await run(python.with_name("ariadne-codegen"), cwd=example)
    await run(python.with_name("mypy"), cwd=example)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(await run(python, "manifest.py", cwd=example))
    async with trusting(settings, sandbox, manifest) as gateway:
        output = await run(python, "tour.py", sandbox.accounts.ada_key, gateway.url + "/graph", cwd=example)
    predictors = "@fxn/greeting, of 2023\n@fxn/identity, of 2023\n@fxn/stream, of 2023\n"
    assert output == LISTED + predictors + INVOKED_AND_FOLLOWED


@pytest.mark.slow
async def test_python_types_are_the_same_from_a_gateway_and_from_its_schema_file(
    gateway: Gateway, tmp_path: Path
) -> None:
    example, python = copied("python", tmp_path), python_of("ariadne-codegen", "0.19.0")
    await run(python.with_name("ariadne-codegen"), cwd=example)
    from_file = lines(example / "fngraph_client")
    settings = example / "pyproject.toml"
    address = f'remote_schema_url = "{gateway.url}/graph"'
    settings.write_text(settings.read_text().replace('schema_path = "../../schema.graphql"', address))
    await run(python.with_name("ariadne-codegen"), cwd=example)
    from_gateway = lines(example / "fngraph_client")
    assert sorted(set(from_gateway) & {"client.py", "list_functions.py"}) == ["client.py", "list_functions.py"]
    loses_defaults = "input_types.py"  # ariadne-codegen reads defaults and descriptions of inputs from files only
    assert from_file.pop(loses_defaults) != from_gateway.pop(loses_defaults)
    assert from_gateway == from_file


def test_lock_files_name_no_registry() -> None:
    locks = [lock for lock in EXAMPLES.glob("*/package-lock.json") if '"integrity"' in lock.read_text()]
    assert sorted(lock.parent.name for lock in locks) == ["relay", "typescript"]
    assert [lock.parent.name for lock in locks if '"resolved"' in lock.read_text()] == []
