"""Writing a stream as it comes, until it ends, its client leaves, or the gateway shuts down."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from starlette.types import Send

from gateway.http.engine import Body, refusal
from gateway.http.errors import public_failure
from gateway.http.streams.framing import Framing


@dataclass(frozen=True, slots=True)
class Stream:
    """Bodies, and how they are written. ``endless``: it is cut off when the gateway shuts down, not waited for."""

    framing: Framing
    bodies: AsyncGenerator[Body, None]
    endless: bool = False


class Streams:
    """The streams that run; in the lifespan's state as ``streams``."""

    def __init__(self) -> None:
        self._ends: set[asyncio.Timeout] = set()
        self._draining = False

    def drain(self) -> None:
        """Cut off those that have no end of their own, and those that begin now."""
        self._draining = True
        for end in self._ends:
            end.reschedule(0)

    async def send(self, stream: Stream, send: Send, request_id: str) -> None:
        """Write all of it, with status 200, at the client's pace. ``closing`` is missing where it was cut off."""
        await _start(stream.framing, send, request_id)
        async with self._cut_off() if stream.endless else contextlib.nullcontext():
            await _write_all(stream, send, request_id)
        await send({"type": "http.response.body"})

    @contextlib.asynccontextmanager
    async def _cut_off(self) -> AsyncIterator[None]:
        """What is inside is cancelled when the gateway shuts down; the code after it runs."""
        end = asyncio.timeout(0 if self._draining else None)
        self._ends.add(end)
        try:
            async with end:
                yield
        except TimeoutError:
            if not end.expired():
                raise
        finally:
            self._ends.remove(end)


async def _write_all(stream: Stream, send: Send, request_id: str) -> None:
    framing = stream.framing
    async with aclosing(stream.bodies), _kept_alive(framing, send):
        try:
            async for body in stream.bodies:
                await _write(send, framing.part(body))
        except Exception as error:
            await _write(send, framing.failure(refusal(public_failure(error, request_id), request_id)))
    await _write(send, framing.closing)


@contextlib.asynccontextmanager
async def _kept_alive(framing: Framing, send: Send) -> AsyncIterator[None]:
    keeping = asyncio.create_task(_keep_alive(framing, send))
    try:
        yield
    finally:
        keeping.cancel()


async def _keep_alive(framing: Framing, send: Send) -> None:
    while framing.keep_alive_s is not None:
        await asyncio.sleep(framing.keep_alive_s)
        await _write(send, framing.keep_alive)


async def _start(framing: Framing, send: Send, request_id: str) -> None:
    fields = {
        "content-type": framing.media_type,
        "cache-control": "no-store",
        "x-accel-buffering": "no",  # for nginx, which holds back what it could send on
        "x-request-id": request_id,
    }
    headers = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if framing.opening:
        await _write(send, framing.opening)


async def _write(send: Send, content: bytes) -> None:
    await send({"type": "http.response.body", "body": content, "more_body": True})
