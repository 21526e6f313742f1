"""One upstream of the gateway over a server that a test makes, without GraphQL in front."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import Any

import msgspec
from aiohttp import web

from gateway.auth.outbound import Forward
from gateway.auth.principal import ANONYMOUS, Principal
from gateway.errors import GatewayError
from gateway.sandbox.server import SandboxServer
from gateway.settings import UpstreamSettings
from gateway.upstreams.api import Api
from gateway.upstreams.http import Upstream, new_session
from gateway.upstreams.resilience.allowance import Allowance

QUICK: dict[str, Any] = {"retry_wait_s": 0.001}


async def echo(request: web.Request) -> web.Response:
    return web.json_response({"method": request.method, "key": request.headers.get("Authorization")})


async def stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(100):
        await response.write(b"piece ")
        await asyncio.sleep(0.02)
    return response


ROUTES = (web.get("/stream", stream), web.post("/stream", stream), web.route("*", "/{_:.*}", echo))


@contextlib.asynccontextmanager
async def echoing() -> AsyncIterator[SandboxServer]:
    """``/stream`` takes two seconds; anything else says what it was sent. Faults are the test's."""
    server = SandboxServer("echo", ROUTES)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@contextlib.asynccontextmanager
async def upstream_at(url: str, **changes: Any) -> AsyncIterator[Upstream]:
    """An upstream with the default settings, but for short waits and ``changes``."""
    async with new_session() as session:
        yield Upstream(
            "invoke",
            UpstreamSettings(url=url, **{**QUICK, **changes}),
            session,
            Forward(),
            credential_header=lambda secret: {"Authorization": f"Bearer {secret}"},
            explain=lambda status, body: None,
            probe_path="/probe",
        )


def api_of(upstream: Upstream, secret: str | None = None, allowance: Allowance | None = None) -> Api:
    """The upstream for one caller."""
    principal = ANONYMOUS if secret is None else Principal(secret, None, secret=secret)
    return Api(upstream, principal, allowance=allowance)


async def outcome(sending: Awaitable[Any]) -> str:
    """``ok``, or the code of the error."""
    try:
        await sending
    except GatewayError as error:
        return error.code if error.service == "invoke" else f"{error.code} without its service"
    return "ok"


async def outcomes(sendings: Sequence[Awaitable[Any]]) -> list[str]:
    """The outcome of each, side by side."""
    return await asyncio.gather(*(outcome(sending) for sending in sendings))


async def key_seen(api: Api, path: str = "/echo") -> str | None:
    """The credential with which the server was asked."""
    seen = msgspec.json.decode((await api.send("GET", path)).body)["key"]
    assert seen is None or isinstance(seen, str)
    return seen


async def read_stream(api: Api, method: str = "GET") -> bytes:
    """All of ``/stream``."""
    async with api.stream(method, "/stream") as chunks:
        return b"".join([chunk async for chunk in chunks])
