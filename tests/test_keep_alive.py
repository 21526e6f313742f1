"""A connection that waits for its next request is kept for the time that the settings say."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import quote

import aiohttp
from msgspec.structs import replace

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import serving
from tests.kept import kept
from tests.sockets import Socket

ME = "/graph?query=" + quote("{ user { username } }")


async def test_an_idle_connection_is_kept_so_long_and_then_closed(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(replace(settings, keep_alive_s=1), sandbox) as gateway, kept(gateway) as idle:
        assert (await idle.get("/healthz"))[1] is False
        started_s = time.monotonic()
        assert await idle.closed()
        assert time.monotonic() - started_s > 0.8


def test_it_outlives_the_minute_for_which_balancers_keep_theirs() -> None:
    assert Settings().keep_alive_s > 60


async def test_the_time_begins_anew_with_each_answer(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(replace(settings, keep_alive_s=1), sandbox) as gateway, kept(gateway) as idle:
        await idle.get("/healthz")
        await asyncio.sleep(0.6)
        await idle.get("/healthz")
        started_s = time.monotonic()
        assert await idle.closed()
        assert 0.8 < time.monotonic() - started_s < 1.6


async def test_no_connection_is_closed_while_it_waits_for_an_answer(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(replace(settings, keep_alive_s=1), sandbox) as gateway, kept(gateway) as busy:
        await busy.get("/healthz")
        gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=1.5))
        key = gateway.sandbox.accounts.ada_key
        fields = f"Host: a.test\r\nGraphQL-Require-Preflight: 1\r\nAuthorization: Bearer {key}"
        busy.send(f"GET {ME} HTTP/1.1\r\n{fields}\r\n\r\n".encode())
        busy.ask("/healthz")
        assert (await busy.answer())[0] == '200 {"data":{"user":{"username":"ada"}}}'
        assert (await busy.answer())[0].startswith("200 ")
        assert await busy.closed()


async def test_no_connection_is_closed_while_a_request_comes_in(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(replace(settings, keep_alive_s=1), sandbox) as gateway, kept(gateway) as slow:
        await slow.get("/healthz")
        await asyncio.sleep(0.5)
        slow.send(b"GET /healthz HTTP/1.1\r\n")
        await asyncio.sleep(1)
        slow.send(b"Host: a.test\r\n\r\n")
        assert (await slow.answer())[0].startswith("200 ")


async def test_a_socket_on_a_kept_connection_outlives_its_time(settings: Settings, sandbox: Sandbox) -> None:
    async with (
        serving(replace(settings, keep_alive_s=1), sandbox) as gateway,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session,
    ):
        async with session.get(gateway.url + "/healthz") as answer:
            assert await answer.read()
        async with session.ws_connect(gateway.url + "/graph", protocols=["graphql-transport-ws"]) as ws:
            socket = Socket(ws)
            await socket.init()
            await asyncio.sleep(1.5)
            await socket.send("ping")
            assert await socket.next() == {"type": "pong"}
