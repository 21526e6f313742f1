"""Faults of a stand-in are the same on the event loop that the gateway is served with."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
import uvloop
from aiohttp import web

from gateway.sandbox.faults import Fault
from gateway.sandbox.server import SandboxServer


async def _hello(request: web.Request) -> web.Response:
    return web.json_response({})


async def _asked(kind: str) -> str:
    server = SandboxServer("echo", [web.get("/", _hello)])
    await server.start()
    server.faults.set(Fault(kind))
    try:
        async with aiohttp.ClientSession() as session, session.get(server.url) as answer:
            return (await answer.read()).decode()
    except aiohttp.ClientError as error:
        return type(error).__name__
    finally:
        await server.stop()


@pytest.mark.parametrize("kind", ["reset_in_header", "reset_in_body", "half_a_body"])
def test_a_connection_that_breaks_off_does_so_under_uvloop_too(kind: str) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(_asked(kind)) in ("ClientOSError", "ServerDisconnectedError", "ClientPayloadError")
