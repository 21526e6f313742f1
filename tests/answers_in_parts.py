"""Reading answers that come in parts: server-sent events and multipart/mixed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from multidict import CIMultiDict

from tests.harness import Gateway

EVENTS = "text/event-stream"


@contextlib.asynccontextmanager
async def asked(
    gateway: Gateway, document: str, accept: str, *, key: str = "user", **more: Any
) -> AsyncIterator[aiohttp.ClientResponse]:
    """The answer to a POST, of which only the head has come."""
    accounts = gateway.sandbox.accounts
    secret = {"user": accounts.ada_key, "admin": accounts.yusuf_key}.get(key, key)
    headers = CIMultiDict({"Accept": accept, "Authorization": f"Bearer {secret}"})
    async with gateway.session.post(
        gateway.url + "/graph", json={"query": document, **more}, headers=headers
    ) as answer:
        yield answer


async def events_of(answer: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any]]:
    """Each event as its name and data; comments are passed over."""
    assert answer.content_type == EVENTS, await answer.text()
    async for frame in _pieces(answer, b"\n\n"):
        lines = [line for line in frame.decode().split("\n") if line and not line.startswith(":")]
        if lines:
            fields = dict(line.split(":", 1) for line in lines)
            data = fields["data"].removeprefix(" ")
            yield fields["event"].strip(), json.loads(data) if data else None


async def parts_of(answer: aiohttp.ClientResponse) -> AsyncIterator[Any]:
    """The JSON of each part, as soon as its end can be told; it must end with the closing delimiter."""
    assert answer.content_type == "multipart/mixed", await answer.text()
    boundary = answer.headers["Content-Type"].split('boundary="')[1].split('"')[0]
    pieces = _pieces(answer, f"\r\n--{boundary}".encode())
    assert await anext(pieces) == b""
    async for piece in pieces:
        if piece == b"--\r\n":
            return
        head, _, content = piece.partition(b"\r\n\r\n")
        assert head == b"\r\nContent-Type: application/json; charset=utf-8"
        yield json.loads(content)
    raise AssertionError("the closing delimiter is missing")


async def _pieces(answer: aiohttp.ClientResponse, end: bytes) -> AsyncIterator[bytes]:
    """What comes between one ``end`` and the next, and the rest."""
    rest = b""
    async for chunk in answer.content.iter_any():
        *whole, rest = (rest + chunk).split(end)
        for piece in whole:
            yield piece
    if rest:
        yield rest
