"""Equal reads under way at the same time are one request, also across callers.

What is equal is decided by ``Call.key`` alone. Failures are shared, too, but not that one caller's own time ran out:
then another one sends the request again. The last who leaves closes the upstream's socket.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable

from gateway.errors import GatewayError
from gateway.in_flight import InFlight
from gateway.upstreams.answer import Answer
from gateway.upstreams.failures import failure_of
from gateway.upstreams.requests import Call
from gateway.upstreams.resilience.deadlines import OutOfTime


class Flights(InFlight[Answer | Exception]):
    """The reads of one upstream that are under way."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    async def shared(self, call: Call, ask: Callable[[Call], Awaitable[Answer]]) -> Answer:
        """The answer of ``ask``, or that of an equal call under way. A failure is shared, too."""
        key = call.key
        while (waiter := self.join(key)) is not None:
            async with asyncio.timeout(call.deadline.left_s()):
                landed = await waiter
            if isinstance(landed, Answer):
                return landed
            if landed is not None:
                raise self._again(landed) from landed
        flight = self.lead(key)
        try:
            flight.result = answer = await ask(call)
        except OutOfTime:
            raise
        except Exception as error:
            flight.result = error
            raise
        finally:
            flight.land()
        return answer

    def _again(self, error: Exception) -> GatewayError:
        """An error of its own for each caller, since raising one changes it."""
        return copy.copy(error) if isinstance(error, GatewayError) else failure_of(error, self._service)
