"""What goes over the wire to an upstream, byte for byte, and what is made of odd but valid answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from gateway.upstreams.http import Upstream
from tests.resilience_upstream import api_of, outcome, upstream_at

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@contextlib.asynccontextmanager
async def raw(serve: Serve, **changes: Any) -> AsyncIterator[Upstream]:
    """An upstream whose connections a test serves by hand."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(writer):
            await serve(reader, writer)

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, upstream_at(f"http://127.0.0.1:{port}", max_tries=1, **changes) as upstream:
        yield upstream


class Seen:
    """Answers ``answer`` to each request, and keeps them with their bodies."""

    def __init__(self, answer: bytes = OK) -> None:
        self.answer = answer
        self.requests: list[tuple[list[str], bytes]] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
            length = next((int(line.split(": ")[1]) for line in head if line.startswith("Content-Length")), 0)
            self.requests.append((head, await reader.readexactly(length)))
            writer.write(self.answer)


async def test_a_read_says_what_it_wants_and_nothing_more() -> None:
    seen = Seen()
    async with raw(seen.serve) as upstream:
        await api_of(upstream, "k").send("GET", "/a%2Fb", query={"q": "ü &"})
    [(head, body)] = seen.requests
    assert head[0] == "GET /a%2Fb?q=%C3%BC+%26 HTTP/1.1"
    assert sorted(line.partition(":")[0] for line in head[1:]) == ["Accept", "Accept-Encoding", "Authorization", "Host"]
    assert {"Accept: application/json", "Authorization: Bearer k"} < set(head)
    assert body == b""


async def test_a_change_says_how_long_its_body_is() -> None:
    seen = Seen()
    async with raw(seen.serve) as upstream:
        await api_of(upstream).send("POST", "/", body={"a": 1})
        await api_of(upstream).send("DELETE", "/", headers={"Accept": "*/*"})
    (posted, body), (deleted, _) = seen.requests
    assert {"Content-Length: 7", "Content-Type: application/json"} < set(posted)
    assert body == b'{"a":1}'
    assert {"Content-Length: 0", "Accept: */*"} < set(deleted)
    assert "Accept: application/json" not in deleted
    assert seen.connections == 1


@pytest.mark.parametrize("size", [65_000, 70_000, 3_000_000])
async def test_a_body_of_any_size_arrives_whole_and_the_connection_is_used_again(size: int) -> None:
    seen = Seen()
    async with raw(seen.serve) as upstream:
        for _ in range(2):
            await api_of(upstream).send("POST", "/", body="x" * size)
    assert [body for _, body in seen.requests] == [b'"' + b"x" * size + b'"'] * 2
    assert seen.connections == 1


async def test_an_answer_before_the_body_was_read_is_taken_and_the_connection_is_closed() -> None:
    closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while await reader.read(65536):
                pass
        closed.set()

    async with raw(serve) as upstream:
        assert await outcome(api_of(upstream).send("POST", "/", body="x" * 8_000_000)) == "BAD_INPUT"
        await asyncio.wait_for(closed.wait(), 10)


async def test_heads_that_only_say_that_an_answer_will_come_are_passed_over() -> None:
    seen = Seen(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + OK)
    async with raw(seen.serve) as upstream:
        assert (await api_of(upstream).send("GET", "/")).body == b"{}"


async def test_an_answer_without_a_body_ends_with_its_head() -> None:
    seen = Seen(b"HTTP/1.1 204 No Content\r\n\r\n")
    async with raw(seen.serve) as upstream:
        for _ in range(2):
            assert (await api_of(upstream).send("DELETE", "/")).body == b""
    assert seen.connections == 1


async def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n[1, ")
        await writer.drain()
        writer.write(b"2]")

    async with raw(serve) as upstream:
        assert (await api_of(upstream).send("GET", "/")).body == b"[1, 2]"


async def test_a_head_with_a_line_break_in_it_is_not_sent() -> None:
    seen = Seen()
    async with raw(seen.serve) as upstream:
        with pytest.raises(ValueError, match="header injection"):
            await api_of(upstream).send("GET", "/", headers={"X-A": "a\r\nX-B: b"})
    assert seen.requests == []


@pytest.mark.parametrize("answer", [b"no HTTP\r\n\r\n", OK.replace(b"Content-Type:", b"X:" + b"x" * 9000)])
async def test_a_head_that_is_not_valid_is_an_invalid_answer(answer: bytes) -> None:
    async with raw(Seen(answer).serve) as upstream:
        assert await outcome(api_of(upstream).send("GET", "/")) == "UPSTREAM_INVALID"
