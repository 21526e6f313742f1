"""One request through the breaker, in its turn, and in one of the places for requests at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import aiohttp

from gateway.errors import GatewayError
from gateway.upstreams.answer import Head
from gateway.upstreams.requests import Call, Pace
from gateway.upstreams.resilience.connections import ConnectionLost
from gateway.upstreams.resilience.deadlines import OutOfTime

H = TypeVar("H", bound=Head)


class Guard(Generic[H]):
    """``attempt`` through the breaker, which learns how it went, in its turn, and in one of the places."""

    def __init__(self, attempt: Callable[[Call], Awaitable[H]]) -> None:
        self._attempt = attempt

    async def once(self, call: Call) -> H:
        breaker = call.peer.breaker
        permit = breaker.admit()
        failed: bool | None = None
        try:
            head = await (self._placed(call) if call.pace is None else self._paced(call, call.pace))
            failed = head.status >= 500
            return head
        except Exception as error:
            failed = _blames_upstream(error, call)
            raise
        finally:
            breaker.settle(permit, failed)
            if failed is not None:
                call.peer.traffic.settled(failed)

    async def _paced(self, call: Call, pace: Pace) -> H:
        """Waiting for the turn is the caller's time, but none of the exchange's."""
        if pace.busy:
            started_s = time.monotonic()
            try:
                async with asyncio.timeout(call.deadline.caller_left_s()):
                    await pace.enter()
            except TimeoutError:
                raise OutOfTime from None
            call.deadline.extend(time.monotonic() - started_s)
        else:
            await pace.enter()
        try:
            return await self._placed(call)
        finally:
            pace.leave()

    async def _placed(self, call: Call) -> H:
        gate = call.peer.gate
        if not gate.entered():
            await gate.wait_within(call.deadline.left_s())
        started_s = time.monotonic()
        try:
            head = await self._attempt(call)
        finally:
            gate.leave()
        call.peer.traffic.answered(started_s)
        return head


def _blames_upstream(error: Exception, call: Call) -> bool | None:
    """Whether a failure is the upstream's; None where it says nothing about it.

    A read that is lost with an idle connection says nothing: its next try does.
    """
    if isinstance(error, ConnectionLost) and error.reused and call.reads:
        return None
    if isinstance(error, OutOfTime):
        return True if error.fair else None
    return None if isinstance(error, GatewayError | aiohttp.InvalidURL) else True
