"""Faults of a stand-in, as settings: what a real upstream does on a bad day, one kind each.

``slow`` answers after ``delay_s``; ``status`` answers ``status`` with ``body`` as JSON, in which ``$credential`` stands
for the credential that the request brought; the others make a body up, with ``text`` in it. ``headers`` go with every
answer but a slow one. A fault holds for requests whose ``METHOD /path`` matches the regular expression ``match``, the
first ``times`` of them (all, when null); ``claimed`` counts them.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HUGE_BYTES = 50 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
CREDENTIAL = "$credential"


@dataclass
class Fault:
    """One fault; see the module for the meaning of each member. Raises ``ValueError`` for an unknown kind."""

    kind: str
    match: str = ""
    times: int | None = None
    delay_s: float = 0.0
    status: int = 500
    body: Any = field(default_factory=lambda: {"detail": "sandbox fault"})
    headers: dict[str, str] = field(default_factory=dict)
    text: str = "Sandbox"
    claimed: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}, not {self.kind!r}")
        re.compile(self.match)

    def claims(self, request: web.Request) -> bool:
        """Whether this fault holds for the request; counts it if so."""
        if self.times == 0 or not re.search(self.match, f"{request.method} {request.path}"):
            return False
        if self.times is not None:
            self.times -= 1
        self.claimed += 1
        return True


class FaultSwitch:
    """The faults that are on. The first one that claims a request decides how it is answered."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def set(self, *faults: Fault) -> None:
        self.active = list(faults)

    def clear(self) -> None:
        self.active = []

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        for fault in self.active:
            if fault.claims(request):
                return await KINDS[fault.kind](fault, request, handler)
        return await handler(request)


async def _slow(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    await asyncio.sleep(fault.delay_s)
    return await handler(request)


async def _status(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    body = json.dumps(fault.body).replace(CREDENTIAL, _credential(request))
    return web.json_response(text=body, status=fault.status, headers=fault.headers)


async def _html(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    text = f"<!doctype html><title>{fault.text}</title>"
    return web.Response(text=text, content_type="text/html", headers=fault.headers)


async def _bad_json(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    body = f'{{"id": "{fault.text}", '.encode()
    return web.Response(body=body, content_type="application/json", headers=fault.headers)


async def _wrong_types(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    return web.json_response([[1], {"id": [fault.text]}], headers=fault.headers)


async def _reset_in_header(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    _abort(request)
    return web.Response()


async def _half_a_body(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await _json_stream(fault, request, content_length=1000)
    await response.write(f'{{"id": "half {fault.text}'.encode())
    if request.transport is not None:
        request.transport.close()
    return response


async def _reset_in_body(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await _json_stream(fault, request)
    await response.write(f'{{"id": "reset {fault.text}'.encode())
    await asyncio.sleep(0.01)
    _abort(request)
    return response


async def _huge(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await _json_stream(fault, request)
    chunk = _chunk(fault)
    for _ in range(HUGE_BYTES // len(chunk)):
        await response.write(chunk)
    return response


async def _endless(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await _json_stream(fault, request)
    chunk = _chunk(fault)
    while True:
        await response.write(chunk)
        await asyncio.sleep(0)


async def _drip(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await _json_stream(fault, request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(1)


async def _json_stream(fault: Fault, request: web.Request, content_length: int | None = None) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", **fault.headers})
    response.content_length = content_length
    await response.prepare(request)
    return response


def _chunk(fault: Fault) -> bytes:
    return f'"{fault.text}'.encode().ljust(CHUNK_BYTES - 1, b"x") + b'"'


def _credential(request: web.Request) -> str:
    """What the vendors take: a token after its scheme, or Covalent's account key."""
    token = request.headers.get("Authorization", "").rpartition(" ")[2]
    return token or request.headers.get("x-api-key", "")


def _abort(request: web.Request) -> None:
    """Close the connection with a reset, as a crashed process does."""
    if request.transport is not None:
        request.transport.abort()


KINDS: dict[str, Callable[[Fault, web.Request, Handler], Awaitable[web.StreamResponse]]] = {
    "slow": _slow,
    "status": _status,
    "html": _html,
    "bad_json": _bad_json,
    "wrong_types": _wrong_types,
    "reset_in_header": _reset_in_header,
    "half_a_body": _half_a_body,
    "reset_in_body": _reset_in_body,
    "huge": _huge,
    "endless": _endless,
    "drip": _drip,
}
