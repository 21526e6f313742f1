"""How answers leave: whole ones in one write, and all as HTTP/1.1 wants them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace
from starlette.types import Message, Receive, Scope, Send

from gateway.app import create_app
from gateway.http.exchange import BODY as BODY_AT_HAND
from gateway.http.exchange import WHOLE
from gateway.process.protocol import SMALL_BODY_BYTES
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import Gateway, serving

PATIENCE_S = 10.0
BODY = json.dumps({"query": "{ __typename }"})
ANSWER = b'{"data":{"__typename":"Query"}}'


def request(fields: str = "", version: str = "1.1", method: str = "POST") -> bytes:
    given = f"Host: a.test\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n{fields}"
    return f"{method} /graph HTTP/{version}\r\n{given}\r\n{BODY}".encode()


class Pieces(asyncio.Protocol):
    """What comes, read by read."""

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[bytes] = asyncio.Queue()

    def data_received(self, data: bytes) -> None:
        self.pieces.put_nowait(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.pieces.put_nowait(b"")

    async def next(self) -> bytes:
        """Empty at the end."""
        return await asyncio.wait_for(self.pieces.get(), PATIENCE_S)


@contextlib.asynccontextmanager
async def connected(gateway: Gateway) -> AsyncIterator[tuple[asyncio.Transport, Pieces]]:
    url = urlsplit(gateway.url)
    loop = asyncio.get_running_loop()
    transport, pieces = await loop.create_connection(Pieces, url.hostname or "", url.port or 0)
    try:
        yield transport, pieces
    finally:
        transport.close()


def segments(transport: asyncio.Transport) -> int:
    """How many TCP segments with data have come in. Source: linux/tcp.h, ``tcpi_data_segs_in``."""
    info = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160)
    return int.from_bytes(info[152:156], sys.byteorder)


async def test_an_answer_comes_in_one_segment(gateway: Gateway) -> None:
    async with connected(gateway) as (transport, pieces):
        for number in range(1, 21):
            transport.write(request())
            piece = await pieces.next()
            assert piece.startswith(b"HTTP/1.1 200 OK\r\n")
            assert piece.endswith(b"\r\n\r\n" + ANSWER)
            assert segments(transport) == number


async def test_answers_to_requests_that_come_together_are_in_their_order(gateway: Gateway) -> None:
    async with connected(gateway) as (transport, pieces):
        transport.write(request() + request().replace(b"__typename", b"__typenope") + request())
        text = b""
        while text.count(b"HTTP/1.1 ") < 3 or not text.endswith(ANSWER):
            text += await pieces.next()
        assert [each[:3] for each in text.split(b"HTTP/1.1 ")[1:]] == [b"200", b"400", b"200"]


@pytest.mark.parametrize(("first", "second"), [(0, 10), (5, 6), (10, len(BODY) - 1)])
async def test_a_body_that_comes_in_pieces_is_one_body(gateway: Gateway, first: int, second: int) -> None:
    head, body = request()[: -len(BODY)], BODY.encode()
    async with connected(gateway) as (transport, pieces):
        for piece in (head + body[:first], body[first:second], body[second:]):
            transport.write(piece)
            await asyncio.sleep(0.02)
        assert (await pieces.next()).endswith(ANSWER)


async def test_a_body_that_is_large_but_within_the_limit_is_read(gateway: Gateway) -> None:
    large = BODY + " " * 3 * SMALL_BODY_BYTES
    async with connected(gateway) as (transport, pieces):
        transport.write(request().split(b"Content-Length")[0] + f"Content-Length: {len(large)}\r\n\r\n{large}".encode())
        assert (await pieces.next()).endswith(ANSWER)


async def test_a_connection_that_waits_keeps_no_body(settings: Settings, sandbox: Sandbox) -> None:
    app = create_app(settings)
    seen: list[tuple[Scope, Any]] = []

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope, receive))
        await app(scope, receive, send)

    async with serving(settings, sandbox, noting) as gateway, connected(gateway) as (transport, pieces):
        transport.write(request())
        assert (await pieces.next()).endswith(ANSWER)
        scope, receive = seen[-1]
        assert BODY_AT_HAND not in scope
        assert receive.__self__.body == b""


@pytest.mark.parametrize("origins", [(), ("https://a.test",)])
async def test_another_server_gets_an_answer_in_two_messages(
    settings: Settings, sandbox: Sandbox, origins: tuple[str, ...]
) -> None:
    app = create_app(replace(settings, allowed_origins=origins))
    told: list[str] = []

    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            told.append(message["type"])
            await send(message)

        scope = {name: value for name, value in scope.items() if name not in ("extensions", BODY_AT_HAND)}
        await app(scope, receive, noted if scope["type"] == "http" else send)

    async with serving(settings, sandbox, plain) as gateway, connected(gateway) as (transport, pieces):
        transport.write(request("Origin: https://a.test\r\n"))
        text = b""
        while not text.endswith(ANSWER):
            text += await pieces.next()
        assert (b"access-control-allow-origin: https://a.test\r\n" in text) is bool(origins)
    assert told == ["http.response.start", "http.response.body"]


async def test_a_field_that_is_added_on_the_way_leaves_too(settings: Settings, sandbox: Sandbox) -> None:
    open_to = replace(settings, allowed_origins=("https://a.test",))
    async with serving(open_to, sandbox) as gateway, connected(gateway) as (transport, pieces):
        transport.write(request("Origin: https://a.test\r\n"))
        text = await pieces.next()
        assert text.endswith(ANSWER)
        assert b"\r\naccess-control-allow-origin: https://a.test\r\n" in text
        assert text.count(b"\r\ncache-control:") == 1


async def test_who_wants_the_connection_closed_gets_it_closed(gateway: Gateway) -> None:
    for wanted in (request("Connection: close\r\n"), request(version="1.0")):
        async with connected(gateway) as (transport, pieces):
            transport.write(wanted)
            text = b""
            while piece := await pieces.next():
                text += piece
            assert b"\r\nconnection: close\r\n" in text
            assert text.endswith(ANSWER)


async def test_the_answer_to_head_has_no_body(gateway: Gateway) -> None:
    async with connected(gateway) as (transport, pieces):
        transport.write(request(method="HEAD"))
        assert (head := await pieces.next()).startswith(b"HTTP/1.1 405 ")
        assert head.endswith(b"\r\n\r\n")
        transport.write(request())
        assert (await pieces.next()).endswith(ANSWER)


async def test_a_field_that_would_be_two_does_not_leave(settings: Settings, sandbox: Sandbox) -> None:
    values = [b"a\r\nX-Evil: b", b"a\nX-Evil: b", b"a\rX-Evil: b"]

    app = create_app(settings)

    async def evil(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        fields = [(b"content-length", b"2"), (b"x-field", values.pop())]
        await send({"type": "http.response.start", "status": 200, "headers": fields, WHOLE: b"{}"})

    async with serving(settings, sandbox, evil) as gateway:
        while values:
            async with connected(gateway) as (transport, pieces):
                transport.write(request())
                assert b"Evil" not in await pieces.next()
