"""Equal reads under way at the same time are one request, also across callers.

What is equal is decided by ``Call.key`` alone. The first who asks sends the request in its own task; others
wait for it. If the first one leaves, or its own time runs out, one of the others sends the request again and the rest
wait for that one; so no caller depends on another one's patience, and the last who leaves closes the upstream's socket.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Hashable

from gateway.errors import GatewayError
from gateway.upstreams.failures import failure_of
from gateway.upstreams.requests import Answer, Call
from gateway.upstreams.resilience.deadlines import OutOfTime

Result = Answer | Exception | None
"""None: the one who asked left before there was an answer."""


class _Flight:
    """A read under way, and who waits for it."""

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        self.waiting: list[asyncio.Future[Result]] = []

    def land(self, result: Result) -> None:
        for waiter in self.waiting:
            if not waiter.done():
                waiter.set_result(result)


class Flights:
    """The reads of one upstream that are under way."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._flights: dict[Hashable, _Flight] = {}

    async def shared(self, call: Call, ask: Callable[[Call], Awaitable[Answer]]) -> Answer:
        """The answer of ``ask``, or that of an equal call under way. A failure is shared, too."""
        key = call.key
        while (flight := self._flights.get(key)) is not None:
            landed = await self._waited(flight, call.deadline.left_s())
            if isinstance(landed, Answer):
                return landed
            if landed is not None:
                raise self._again(landed) from landed
        flight = self._flights[key] = _Flight()
        result: Result = None
        try:
            result = await ask(call)
        except OutOfTime:
            raise
        except Exception as error:
            result = error
            raise
        finally:
            if self._flights.get(key) is flight:
                del self._flights[key]
            flight.land(result)
        return result

    def seal(self) -> None:
        """Nobody joins what is under way now: something was changed, and older answers may not show it."""
        self._flights.clear()

    async def _waited(self, flight: _Flight, left_s: float) -> Result:
        waiter: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        flight.waiting.append(waiter)
        async with asyncio.timeout(left_s):
            return await waiter

    def _again(self, error: Exception) -> GatewayError:
        """An error of its own for each caller, since raising one changes it."""
        return copy.copy(error) if isinstance(error, GatewayError) else failure_of(error, self._service)
