"""How answers leave: whole ones in one write, and all as HTTP/1.1 wants them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from starlette.types import Receive, Scope, Send

from gateway.app import create_app
from gateway.http.exchange import WHOLE
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
