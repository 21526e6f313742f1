"""The short way for plain answers says what aiohttp's parser says, or leaves the answer to it."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import Iterable
from typing import Any

import pytest
from aiohttp.client_proto import ResponseHandler
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.upstreams.plain import MAX_UNPACKED_BYTES, plain_head, unpacked
from tests.resilience_upstream import api_of, outcome
from tests.test_wire import OK, Seen, raw

STATUS_LINES = [
    b"HTTP/1.1 200 OK", b"HTTP/1.1 200", b"HTTP/1.1 200 ", b"HTTP/1.1 404 Not Found", b"HTTP/1.0 200 OK",
    b"HTTP/1.1 101 Switching Protocols", b"HTTP/1.1 204 No Content", b"HTTP/1.1 304 Not Modified", b"HTTP/2 200 OK",
    b"HTTP/1.1  200 OK", b"HTTP/1.1 2000 OK", b"HTTP/1.1 099 X", b"http/1.1 200 OK",
]  # fmt: skip
FIELDS = [
    b"Content-Length: 5", b"content-length: 5", b"Content-Length: 05", b"Content-Length: +5", b"Content-Length: 5, 5",
    b"Content-Length: 6", b"Content-Length:5", b"Content-Length: 5 ", b"Content-Length : 5", b"Content-Length: 0x5",
    b"Content-Length: " + b"9" * 20, b"Transfer-Encoding: chunked", b"transfer-encoding: identity",
    b"Connection: close", b"Connection: keep-alive", b"Connection: Keep-Alive, Upgrade", b"Upgrade: websocket",
    b"Content-Encoding: gzip", b"Content-Type: application/json", b"X-Empty:", b"X-Empty: ", b"X-Tab:\ta",
    b" folded: a",
    b"X-High: \xfc", b"X-Nul: a\0b", b"X-Return: a\rb", b"X-Line: a\nb", b": nameless", b"X Y: a", b"no colon",
    b"Set-Cookie: a=b", b"Set-Cookie: c=d", b"Trailer: X",
]  # fmt: skip
BODY = b"12345"


def _lower(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in fields]


async def of_aiohttp(data: bytes, *, unpacked: bool) -> tuple[int, list[tuple[str, str]], bytes, bool]:
    """Status, fields, body and whether the connection stays, of one answer. Raises what aiohttp raises."""
    handler = ResponseHandler(asyncio.get_running_loop())
    handler.set_response_params(read_until_eof=True, auto_decompress=unpacked)
    handler.data_received(data)
    async with asyncio.timeout(1):
        message, content = await handler.read()
        body = await content.read()
    return message.code, _lower(message.headers.items()), body, not message.should_close


@settings(max_examples=1_500, deadline=None)
@given(
    st.sampled_from(STATUS_LINES),
    st.tuples(st.sampled_from([[], [FIELDS[0]]]), st.lists(st.sampled_from(FIELDS), max_size=4)),
    st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n"]),
    st.lists(st.tuples(st.integers(0, 200), st.binary(min_size=1, max_size=1)), max_size=1),
)
@example(STATUS_LINES[0], ([FIELDS[0]], []), b"\r\n", [])
@example(STATUS_LINES[0], ([FIELDS[0]], [b"Connection: keep-alive", b"Set-Cookie: a=b"]), b"\r\n", [])
def test_what_is_plain_is_for_aiohttp_the_same(
    line: bytes, fields: tuple[list[bytes], list[bytes]], end: bytes, changed: list[tuple[int, bytes]]
) -> None:
    head = bytearray(end.join([line, *fields[0], *fields[1], b"", b""]))
    for place, byte in changed:
        head[place % len(head) : place % len(head) + 1] = byte
    whole = bytes(head[: head.find(b"\r\n\r\n") + 4])
    found = plain_head(whole)
    if found is not None:
        status, said, length = found
        assert asyncio.run(of_aiohttp(whole + BODY[:1] * length, unpacked=False)) == (
            status, _lower(said.items()), BODY[:1] * length, True
        )  # fmt: skip


@pytest.mark.parametrize(
    "fields", [[], [b"Connection: keep-alive"], [b"Content-Type: application/json; charset=utf-8", b"Date: x"]]
)
def test_what_servers_send_is_plain(fields: list[bytes]) -> None:
    found = plain_head(b"\r\n".join([b"HTTP/1.1 200 OK", b"content-length: 5", *fields, b"", b""]))
    assert found is not None
    assert (found[0], found[2]) == (200, 5)


PACKED_HEAD = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.binary(max_size=200), min_size=1, max_size=2),
    st.integers(0, 9),
    st.lists(st.tuples(st.integers(0, 250), st.binary(max_size=2)), max_size=1),
    st.integers(0, 3),
)
@example([b"{}"], 6, [], 0)
def test_what_is_unpacked_is_for_aiohttp_the_same(
    contents: list[bytes], level: int, changed: list[tuple[int, bytes]], cut: int
) -> None:
    packed = bytearray(b"".join(gzip.compress(content, level) for content in contents))
    for place, some in changed:
        place %= len(packed)
        packed[place : place + len(some)] = some
    body = bytes(packed[: len(packed) - cut])
    found = unpacked(body, 1_000)
    if found is not None:
        _, _, content, _ = asyncio.run(of_aiohttp(PACKED_HEAD % len(body) + body, unpacked=True))
        assert content == found
    if len(contents) == 1 and not changed and not cut:
        assert found == contents[0]


def test_what_is_too_long_when_unpacked_is_left_to_aiohttp() -> None:
    packed = gzip.compress(bytes(1_001))
    assert unpacked(packed, 1_000) is None
    assert unpacked(packed, 1_002) == bytes(1_001)


@pytest.mark.parametrize("position", [1, 20, 60, len(OK) - 1])
async def test_an_answer_in_pieces_is_put_together(position: int) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK[:position])
            await asyncio.sleep(0.02)
            writer.write(OK[position:])

    async with raw(serve) as upstream:
        for _ in range(2):
            answer = await api_of(upstream).send("GET", "/")
            assert (answer.status, answer.headers["content-type"], answer.body) == (200, "application/json", b"{}")


async def test_plain_and_other_answers_take_turns_on_one_connection() -> None:
    packed = gzip.compress(b'{"packed": true}')
    answers = {
        "/plain": OK,
        "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "/packed": PACKED_HEAD % len(packed) + packed,
        "/missing": OK.replace(b"200 OK", b"404 Not Found"),
    }
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(answers[head.split(b" ")[1].decode()])

    async with raw(serve) as upstream:
        for path in [*answers, *reversed(answers), *answers]:
            found = await api_of(upstream).exchange("GET", path)
            assert found.body == (b'{"packed": true}' if path == "/packed" else b"{}"), path
    assert connections == 1


@pytest.mark.parametrize(
    ("packed", "told"),
    [
        (b"not packed", "UPSTREAM_INVALID"),
        (gzip.compress(b"{}")[:-1], "ok"),
        (gzip.compress(b'"' + b"a" * (MAX_UNPACKED_BYTES + 1) + b'"'), "ok"),
    ],
    ids=["wrong", "short", "long"],
)
async def test_what_is_not_unpacked_at_once_is_read_by_aiohttp(packed: bytes, told: str) -> None:
    seen = Seen(PACKED_HEAD % len(packed) + packed)
    async with raw(seen.serve) as upstream:
        assert await outcome(api_of(upstream).send("GET", "/")) == told


async def test_what_comes_after_an_answer_is_nobodys() -> None:
    """Whoever gets a connection next must not get the answer that somebody has put behind the last one."""
    evil = OK.replace(b"{}", b"[]")
    late: list[bytes] = [OK + evil, OK]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(late.pop(0) if late else OK)
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.write(evil)

    async with raw(serve) as upstream:
        for method in ("GET", "GET", "POST", "GET", "DELETE"):
            assert (await api_of(upstream).send(method, "/")).body == b"{}"
            await asyncio.sleep(0.06)
            async with api_of(upstream).stream("GET", "/") as stream:
                assert b"".join([chunk async for chunk in stream]) == b"{}"
            await asyncio.sleep(0.06)


@pytest.mark.parametrize(("sent", "told"), [(b"", "UPSTREAM_UNAVAILABLE"), (OK[:-1], "UPSTREAM_INVALID")])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_answer_that_breaks_off_is_none(sent: bytes, told: str, method: str) -> None:
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await reader.readuntil(b"\r\n\r\n")
        requests += 1
        writer.write(sent)

    async with raw(serve) as upstream:
        assert await outcome(api_of(upstream).send(method, "/")) == told
    assert requests == 1


async def test_an_answer_that_says_it_is_too_long_ends_with_its_time() -> None:
    seen = Seen(OK.replace(b"Content-Length: 2", b"Content-Length: 99999999999"))
    async with raw(seen.serve, try_timeout_s=0.3) as upstream:
        assert await outcome(api_of(upstream).send("GET", "/")) == "UPSTREAM_TIMEOUT"


async def test_a_pause_in_an_answer_is_a_time_out_and_steady_pieces_are_none() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(2)
            writer.write(OK[:-2])
            for byte in (OK[-2:-1], OK[-1:]):
                await asyncio.sleep(1.0 if b"/slow" in head else 0.2)
                writer.write(byte)

    async with raw(serve, read_timeout_s=0.3) as upstream:
        assert await outcome(api_of(upstream).send("POST", "/", body={})) == "ok"
        assert await outcome(api_of(upstream).send("POST", "/slow", body={})) == "UPSTREAM_TIMEOUT"


async def test_who_leaves_while_an_answer_comes_closes_the_connection() -> None:
    closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK[:-1])
        with contextlib.suppress(ConnectionError):
            assert await reader.read(1) == b""
        closed.set()

    async with raw(serve) as upstream:
        asking: asyncio.Task[Any] = asyncio.create_task(api_of(upstream).send("GET", "/"))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.wait_for(closed.wait(), 5)
