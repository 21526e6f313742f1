"""A call's way to its upstream and back: shared, retried, hedged, guarded, in its turn, tried.

Each step is a file of ``gateway.upstreams.resilience``; here they are put together for one upstream.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import math
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import aiohttp

from gateway.bodies import read_at_most
from gateway.settings import UpstreamSettings
from gateway.upstreams.requests import Answer, Call
from gateway.upstreams.resilience.guard import Guard
from gateway.upstreams.resilience.hedging import Hedge
from gateway.upstreams.resilience.retries import Retries
from gateway.upstreams.resilience.sharing import Flights


class Requesting(AbstractAsyncContextManager[aiohttp.ClientResponse], Awaitable[aiohttp.ClientResponse], Protocol):
    """What ``ClientSession.request`` returns: to be awaited, or entered."""


class Sender:
    """Sends to one upstream, for the life of the gateway. Raises what aiohttp raises, and ``gateway.errors``."""

    def __init__(
        self, service: str, settings: UpstreamSettings, session: aiohttp.ClientSession, passing: frozenset[int]
    ) -> None:
        self._session = session
        self._connect_timeout_s = settings.connect_timeout_s
        self._read_timeout_s = settings.read_timeout_s
        self._max_stream_s = settings.max_stream_s
        self._max_response_bytes = settings.max_response_bytes
        self._shares = settings.share_reads
        self._flights = Flights(service)
        whole, head = Guard(self._try_whole), Guard(self._try_head)
        hedge = settings.hedge_after_s and Hedge(whole.once, settings.hedge_after_s)
        self._reads = Retries(settings, passing, hedge.once if hedge else whole.once)
        self._changes = Retries(settings, passing, whole.once)
        self._streams = Retries(settings, passing, head.once)

    def exchange(self, call: Call) -> Awaitable[Answer]:
        """The whole answer, whatever its status."""
        if not call.reads:
            return self._changed(call)
        return self._flights.shared(call, self._reads.answer) if self._shares else self._reads.answer(call)

    @contextlib.asynccontextmanager
    async def stream(self, call: Call) -> AsyncIterator[aiohttp.ClientResponse | Answer]:
        """An open response with a 2xx, closed at the end; else the whole answer."""
        with call.peer.streams.place():
            head = await self._streams.answer(call)
            try:
                yield head
            finally:
                if isinstance(head, aiohttp.ClientResponse):
                    head.close()
                self._flights.seal()

    async def probe(self, call: Call) -> Answer:
        """One try past everything that could refuse or repeat it."""
        return await self._try_whole(call)

    async def _changed(self, call: Call) -> Answer:
        try:
            return await self._changes.answer(call)
        finally:
            self._flights.seal()

    async def _try_whole(self, call: Call) -> Answer:
        limit_s = call.deadline.for_try(call.try_s)
        try:
            async with self._request(call, limit_s) as response:
                return await self._answer(response, call)
        except TimeoutError:
            call.deadline.check(limit_s, call.try_s)
            raise

    async def _try_head(self, call: Call) -> aiohttp.ClientResponse | Answer:
        limit_s = call.deadline.for_try(call.try_s)
        async with contextlib.AsyncExitStack() as cleanup:
            try:
                async with asyncio.timeout(limit_s):
                    response = await self._request(call, self._max_stream_s)
                    cleanup.callback(response.close)
                    if not 200 <= response.status < 300:
                        return await self._answer(response, call)
            except TimeoutError:
                call.deadline.check(limit_s, call.try_s)
                raise
            cleanup.pop_all()
            return response

    def _request(self, call: Call, total_s: float) -> Requesting:
        return self._session.request(
            call.method,
            call.url,
            # A file, since aiohttp writes bytes in one piece, however many.
            data=None if call.content is None else io.BytesIO(call.content),
            headers={**call.headers, **call.credential.headers},
            timeout=aiohttp.ClientTimeout(
                total=total_s,
                sock_connect=self._connect_timeout_s,
                sock_read=self._read_timeout_s,
                ceil_threshold=math.inf,
            ),
            allow_redirects=False,
            # Without a body there is no media type to tell; aiohttp would call it application/octet-stream.
            skip_auto_headers=("Content-Type",),
        )

    async def _answer(self, response: aiohttp.ClientResponse, call: Call) -> Answer:
        content = await read_at_most(response, self._max_response_bytes)
        secret = call.credential.secret
        if response.status >= 400 and secret and secret.encode() in content:
            content = b""  # a vendor that repeats what it was sent is not relayed
        return Answer(response.status, response.headers, content)
