"""``/graph`` by WebSocket speaks graphql-transport-ws to the letter."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace

from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import Gateway, serving
from tests.sockets import PROTOCOL, connected, with_limits


async def test_an_init_is_acknowledged(gateway: Gateway) -> None:
    payloads: list[dict[str, Any]] = [{}, {"payload": None}, {"payload": {}}, {"payload": {"a": [1]}}]
    for members in payloads:
        async with connected(gateway) as socket:
            assert socket.ws.protocol == PROTOCOL
            await socket.send("connection_init", **members)
            assert await socket.next() == {"type": "connection_ack"}


async def test_a_socket_without_init_is_closed_in_time(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(with_limits(settings, init_timeout_s=0.1), sandbox) as gateway, connected(gateway) as socket:
        await socket.send("ping")
        assert await socket.closed() == (4408, "Connection initialisation timeout")


async def test_the_time_for_the_init_ends_with_it(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(with_limits(settings, init_timeout_s=0.1), sandbox) as gateway, connected(gateway) as socket:
        await socket.init()
        await asyncio.sleep(0.2)
        await socket.send("ping")
        assert await socket.next() == {"type": "pong"}


async def test_a_second_init_closes(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        await socket.send("connection_init")
        assert await socket.closed() == (4429, "Too many initialisation requests")


async def test_an_operation_before_the_acknowledgement_closes(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.subscribe("1", "{ __typename }")
        assert await socket.closed() == (4401, "Unauthorized")


async def test_pings_are_answered_and_pongs_are_not_at_any_time(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.send("pong")
        await socket.send("ping", payload={"a": 1})
        assert await socket.next() == {"type": "pong"}
        await socket.init()
        await socket.send("pong", payload={"a": 1})
        await socket.send("ping")
        assert await socket.next() == {"type": "pong"}


MALFORMED = [
    "{", "", "null", "1", "[]", "{}", '{"type": "nope"}', '{"type": {"a": 1}}', '{"type": "connection_ack"}',
    '{"type": "ping", "payload": "x"}', '{"type": "complete"}', '{"type": "complete", "id": ""}',
    '{"type": "subscribe", "payload": {"query": "{ __typename }"}}',
    '{"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}}',
    '{"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}}',
    '{"type": "subscribe", "id": "1"}',
    '{"type": "subscribe", "id": "1", "payload": "x"}',
    '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "variables": [1]}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "operationName": 3}}',
    '{"type": "ping", "payload": {"a": ' + "[" * 50_000 + "]" * 50_000 + "}}",
]  # fmt: skip


async def test_a_malformed_message_closes(gateway: Gateway) -> None:
    for text in MALFORMED:
        async with connected(gateway) as socket:
            await socket.init()
            await socket.ws.send_str(text)
            code, reason = await socket.closed()
        assert (code, reason[:17]) == (4400, "Invalid message: "), text[:80]


async def test_an_init_that_is_malformed_closes(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.send("connection_init", payload="x")
        assert (await socket.closed())[0] == 4400


async def test_a_binary_message_closes(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.ws.send_bytes(b'{"type": "ping"}')
        assert await socket.closed() == (4400, "Messages are text, not binary.")


async def test_a_message_over_the_limit_closes(settings: Settings, sandbox: Sandbox) -> None:
    async with (
        serving(with_limits(settings, max_message_bytes=1000), sandbox) as gateway,
        connected(gateway) as socket,
    ):
        await socket.init()
        await socket.send("ping", payload={"a": "x" * 1000})
        assert (await socket.closed())[0] == 1009


async def test_any_other_subprotocol_is_refused(gateway: Gateway) -> None:
    for protocols in ((), ("graphql-ws",), ("nonsense",)):
        async with connected(gateway, protocols=protocols) as socket:
            assert socket.ws.protocol is None
            assert await socket.closed() == (4406, "Subprotocol not acceptable")


async def test_only_pages_of_the_own_origin_or_a_listed_one_may_connect(settings: Settings, sandbox: Sandbox) -> None:
    listed = replace(settings, allowed_origins=["https://app.example.com"])
    async with serving(listed, sandbox) as gateway:
        for origin in (gateway.url, "https://app.example.com"):
            async with connected(gateway, headers={"Origin": origin}) as socket:
                await socket.init()
        for origin in ("https://evil.example.com", "null", "http://127.0.0.1:1", "https://app.example.com.evil.com"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with connected(gateway, headers={"Origin": origin}):
                    pass
            assert refused.value.status == 403
