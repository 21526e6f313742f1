"""A process imports only what it needs: every megabyte and millisecond counts once per worker, whoever needs it."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

FNGRAPH = Path(sys.executable).with_name("fngraph")
LIMIT_S = 60.0

NEEDED_BY_SOME_REQUESTS = {"jsonschema", "referencing", "pydantic_core", "gateway.upstreams.function_admin.valve_check"}
NEEDED_BY_SOME_SETTINGS = {"jwt", "cryptography", "gateway.auth.jwt", "gateway.auth.token_shelf", "redis"} | {
    "prometheus_client", "gateway.observability.metrics", "gateway.observability.tracing", "opentelemetry.trace",
    "opentelemetry.sdk.trace", "opentelemetry.proto.trace.v1.trace_pb2", "google.protobuf",
}  # fmt: skip
NEEDED_BY_THE_DEMO = {"numpy", "pydantic", "gateway.sandbox"}
NEVER_NEEDED = {"starlette.testclient", "aiohttp.web", "gateway.settings.reference"}
NOT_AT_THE_START = NEEDED_BY_SOME_REQUESTS | NEEDED_BY_SOME_SETTINGS | NEEDED_BY_THE_DEMO | NEVER_NEEDED


async def started(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    """A command that writes each module that it imports to standard error, as ``python -X importtime`` does."""
    return await asyncio.create_subprocess_exec(
        FNGRAPH, *arguments, cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPROFILEIMPORTTIME": "1", "FNGRAPH_PORT": "0"},
    )  # fmt: skip


def imported_in(lines: list[bytes]) -> set[str]:
    return {line.decode().rpartition("|")[2].strip() for line in lines if line.startswith(b"import time:")}


async def imported_by(folder: Path, *arguments: str) -> set[str]:
    _, error = await asyncio.wait_for((await started(folder, *arguments)).communicate(), LIMIT_S)
    return imported_in(error.splitlines())


async def test_serve_imports_nothing_that_its_first_answer_does_not_need(tmp_path: Path) -> None:
    process = await started(tmp_path, "serve")
    assert process.stderr is not None
    async with asyncio.timeout(LIMIT_S):
        lines = [line async for line in _until_ready(process.stderr)]
        async with (
            aiohttp.ClientSession() as session,
            session.post(json.loads(lines[-1])["url"], json={"query": "{ __typename }"}) as response,
        ):
            assert await response.json() == {"data": {"__typename": "Query"}}
        process.send_signal(signal.SIGTERM)
        _, rest = await process.communicate()
    imported = imported_in([*lines, *rest.splitlines()])
    assert {"strawberry", "gateway.app", "uvicorn.server"} <= imported
    assert not imported & NOT_AT_THE_START
    assert all(importlib.util.find_spec(name) for name in NOT_AT_THE_START)


async def _until_ready(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    async for line in stream:
        yield line
        if b'"ready"' in line:
            return


async def test_help_imports_nothing_of_the_gateway(tmp_path: Path) -> None:
    imported = await imported_by(tmp_path, "--help")
    assert "gateway.__main__" in imported
    assert not imported & {"gateway.settings", "pydantic", "aiohttp", "strawberry"}


async def test_keys_imports_neither_the_schema_nor_a_server(tmp_path: Path) -> None:
    imported = await imported_by(tmp_path, "keys", "list")
    assert "gateway.auth.keys" in imported
    assert not imported & {"gateway.app", "schema", "strawberry", "graphql", "aiohttp", "starlette", "uvicorn", "jwt"}
