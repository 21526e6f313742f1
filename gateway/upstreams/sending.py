"""A call's way to its upstream and back: shared, retried, hedged, guarded, in its turn, tried.

Each step is a file of ``gateway.upstreams.resilience``; here they are put together for one upstream.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable

import aiohttp

from gateway.bodies import read_at_most
from gateway.observability import Telemetry
from gateway.settings import UpstreamSettings
from gateway.ticker import Ticker
from gateway.upstreams.answer import Answer
from gateway.upstreams.observed import observed, tried
from gateway.upstreams.requests import Call
from gateway.upstreams.resilience.connections import ConnectionLost, Connector
from gateway.upstreams.resilience.deadlines import Within
from gateway.upstreams.resilience.guard import Guard
from gateway.upstreams.resilience.hedging import Hedge
from gateway.upstreams.resilience.retries import Retries
from gateway.upstreams.resilience.sharing import Flights
from gateway.upstreams.wire import Response, Wire


class Sender:
    """Sends to one upstream, for the life of the gateway. Raises what aiohttp raises, and ``gateway.errors``."""

    def __init__(
        self,
        service: str,
        settings: UpstreamSettings,
        session: aiohttp.ClientSession,
        passing: frozenset[int],
        telemetry: Telemetry | None = None,
    ) -> None:
        assert isinstance(session.connector, Connector)
        self.ticker = Ticker()
        self._wire = Wire(session.connector, settings.connect_timeout_s, retries_reads=settings.max_tries > 1)
        self._read_timeout_s = settings.read_timeout_s
        self._max_stream_s = settings.max_stream_s
        self._max_response_bytes = settings.max_response_bytes
        self._shares = settings.share_reads
        self._flights = Flights(service)
        whole = Guard(tried(self._try_whole, telemetry, service))
        head = Guard(tried(self._try_head, telemetry, service))
        hedge = settings.hedge_after_s and Hedge(whole.once, settings.hedge_after_s)
        reads = Retries(settings, passing, hedge.once if hedge else whole.once)
        self._reads = observed(reads, telemetry, service)
        self._changes = observed(Retries(settings, passing, whole.once), telemetry, service)
        self._streams = observed(Retries(settings, passing, head.once), telemetry, service)

    @property
    def shared(self) -> int:
        """How many reads have joined an equal one."""
        return self._flights.joined

    def exchange(self, call: Call) -> Awaitable[Answer]:
        """The whole answer, whatever its status."""
        if not call.reads:
            return self._changed(call)
        return self._flights.shared(call, self._reads.answer) if self._shares else self._reads.answer(call)

    @contextlib.asynccontextmanager
    async def stream(self, call: Call) -> AsyncIterator[Response | Answer]:
        """An open response with a 2xx, closed at the end; else the whole answer."""
        with call.peer.streams.place():
            head = await self._streams.answer(call)
            try:
                yield head
            finally:
                if isinstance(head, Response):
                    head.close()
                self._flights.seal()

    async def probe(self, call: Call) -> Answer:
        """One try past everything that could refuse it; another one if only an idle connection had ended."""
        try:
            return await self._try_whole(call)
        except ConnectionLost as error:
            if not error.reused:
                raise
            call.fresh = True
            return await self._try_whole(call)

    async def _changed(self, call: Call) -> Answer:
        try:
            return await self._changes.answer(call)
        finally:
            self._flights.seal()

    async def _try_whole(self, call: Call) -> Answer:
        limit_s = call.deadline.for_try(call.try_s)
        try:
            with Within(limit_s, self.ticker):
                # None where it could not end before the whole try does.
                read_timeout_s = self._read_timeout_s if self._read_timeout_s < limit_s else None
                answer = await self._wire.ask(call, read_timeout_s, self._max_response_bytes)
                if isinstance(answer, Answer):
                    return _relayed(answer, call) if answer.status >= 400 else answer
                try:
                    return await self._answer(answer, call)
                finally:
                    answer.close()
        except TimeoutError:
            call.deadline.check(limit_s, call.try_s)
            raise

    async def _try_head(self, call: Call) -> Response | Answer:
        limit_s = call.deadline.for_try(call.try_s)
        async with contextlib.AsyncExitStack() as cleanup:
            try:
                with Within(limit_s, self.ticker):
                    response = await self._wire.send(call, self._read_timeout_s)
                    cleanup.callback(response.close)
                    if not 200 <= response.status < 300:
                        return await self._answer(response, call)
            except TimeoutError:
                call.deadline.check(limit_s, call.try_s)
                raise
            cleanup.pop_all()
            response.end_in(self._max_stream_s)
            return response

    async def _answer(self, response: Response, call: Call) -> Answer:
        content = await read_at_most(response, self._max_response_bytes)
        return _relayed(Answer(response.status, response.headers, content), call)


def _relayed(answer: Answer, call: Call) -> Answer:
    """The answer; without its body, if that repeats the secret that it was sent: that is not relayed."""
    secret = call.credential.secret
    repeats = answer.status >= 400 and secret and secret.encode() in answer.body
    return answer._replace(body=b"") if repeats else answer
