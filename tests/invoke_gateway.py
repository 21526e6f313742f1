"""A gateway over an invoke stand-in with limits of its own, and the documents that its tests send."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from gateway.sandbox.invoke import invoke_server
from gateway.sandbox.running import Sandbox
from gateway.sandbox.server import SandboxServer
from gateway.settings import Settings
from tests.harness import Gateway, serving, with_upstream

OUTPUT = """labelName labelId confidence labelMetadata labelConfidences { labelName confidence } externalId
  tags { labelName confidence } predictions { labelName confidence boundingBox { x y width height } }
  searchSamples { sampleId distance externalId data } text regions raw"""
INVOKE = f"mutation ($input: InvokeFunctionInput!) {{ invokeFunction(input: $input) {{ {OUTPUT} }} }}"
ITEM = "index output { labelName externalId } error { code message retryable retryAfter }"
INVOKE_MANY = f"mutation ($input: InvokeFunctionsInput!) {{ invokeFunctions(input: $input) {{ {ITEM} }} }}"
FOLLOW_MANY = (
    f"subscription ($input: InvokeFunctionsInput!) {{ invokeFunctions(input: $input) {{ {ITEM} done total }} }}"
)


@contextlib.asynccontextmanager
async def invoking(
    sandbox: Sandbox,
    settings: Settings,
    folder: Path,
    *,
    requests_per_second: int = 500,
    concurrent: int = 25,
    rows: int = 0,
    inference_s: float = 0.0,
    token_lifetime_s: int = 3600,
    **changes: Any,
) -> AsyncIterator[Gateway]:
    """The stand-in and the gateway hold the same limits; ``changes`` are other settings of the gateway."""
    server = invoke_server(
        sandbox.accounts,
        _made(folder),
        rows,
        requests_per_second=requests_per_second,
        concurrent=concurrent,
        inference_s=inference_s,
        token_lifetime_s=token_lifetime_s,
    )
    await server.start()
    limits = {"requests_per_second": requests_per_second, "concurrent": concurrent}
    try:
        changed = with_upstream(settings, "invoke", **({"url": server.url} | limits | changes))
        async with serving(changed, dataclasses.replace(sandbox, invoke=server)) as gateway:
            yield gateway
    finally:
        await server.stop()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def invoked(gateway: Gateway, function_id: str, data: Any = None, **members: Any) -> Any:
    """What ``invokeFunction`` answers; nothing is captured unless ``members`` say so."""
    given = {"functionId": function_id, "data": data, "capture": False} | members
    return (await gateway.post(INVOKE, {"input": given})).data["invokeFunction"]


def lines(gateway: Gateway) -> list[str]:
    """What the stand-in received, without requests for tokens."""
    return [line for line in gateway.sandbox.invoke.log.lines if "/connect/token" not in line]


def tokens_asked(gateway: Gateway) -> int:
    return gateway.sandbox.invoke.log.lines.count("POST /connect/token")


def most_in_a_second(server: SandboxServer) -> int:
    """The most requests, without those for tokens, that came within any one second."""
    times = sorted(request.started_s for request in server.log if request.path != "/connect/token")
    return max(sum(first <= each < first + 1 for each in times[at:]) for at, first in enumerate(times))
