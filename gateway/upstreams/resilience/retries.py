"""Another try: only where the first one did nothing or may be repeated, and where it can still be in time.

Waiting grows exponentially with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog); a
``Retry-After`` (RFC 9110, section 10.2.3) that is longer counts.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import aiohttp

from gateway.settings import UpstreamSettings
from gateway.upstreams.answer import Head
from gateway.upstreams.requests import Call
from gateway.upstreams.resilience.connections import ConnectionLost
from gateway.upstreams.resilience.deadlines import OutOfTime
from gateway.upstreams.retry_after import retry_after_s

H = TypeVar("H", bound=Head)

PASSING = frozenset({502, 503, 504})
"""Statuses that are worth another try after a while. 429 is, too, where it says after how long."""

MAX_DOUBLINGS = 16

# A certificate does not become valid by asking again.
_LASTING = (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError, aiohttp.InvalidURL, OutOfTime)
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_BROKEN = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError)


class Retries(Generic[H]):
    """``once`` with the policy of one upstream. ``passing``: statuses for which its vendor asks to try again."""

    def __init__(
        self, settings: UpstreamSettings, passing: frozenset[int], once: Callable[[Call], Awaitable[H]]
    ) -> None:
        self._once = once
        self._max_tries = settings.max_tries
        self._wait_s = settings.retry_wait_s
        self._max_wait_s = settings.max_retry_wait_s
        self._passing = passing

    async def answer(self, call: Call) -> H:
        """The answer of ``once``, called up to ``max_tries`` times; the last answer or failure when none is better."""
        call.peer.budget.asked()
        tries = 1
        while True:
            try:
                head = await self._once(call)
            except (aiohttp.ClientError, OSError) as error:
                call.fresh = isinstance(error, ConnectionLost) and error.reused
                wait_s = self._wait_after_failure(call, error, tries)
                if wait_s is None:
                    raise
            else:
                if head.status < 400:
                    return head
                call.fresh = False
                wait_s = self._wait_after_answer(call, head, tries)
                if wait_s is None:
                    return head
            await asyncio.sleep(wait_s)
            tries += 1

    def _wait_after_failure(self, call: Call, error: Exception, tries: int) -> float | None:
        if isinstance(error, _LASTING) or not (call.repeatable or isinstance(error, _NOT_SENT)):
            return None
        if call.fresh and call.reads:
            # It says nothing about the upstream, so it costs no budget and there is nothing to wait for.
            return 0.0 if tries < self._max_tries and not call.peer.breaker.refuses else None
        if isinstance(error, TimeoutError) and not isinstance(error, _NOT_SENT):
            return self._granted(call, tries, 0.0, needed_s=call.try_s)
        return self._granted(call, tries, 0.0) if isinstance(error, _BROKEN) else None

    def _wait_after_answer(self, call: Call, head: Head, tries: int) -> float | None:
        asked_s = retry_after_s(head.headers) if head.status in (429, 503) else None
        passing = head.status in self._passing or (head.status == 429 and asked_s is not None)
        if not passing or not call.repeatable:
            return None
        return self._granted(call, tries, asked_s or 0.0)

    def _granted(self, call: Call, tries: int, asked_s: float, needed_s: float = 0.0) -> float | None:
        """Seconds to wait, where another try is allowed: by number, by time, by budget, in this order."""
        if tries >= self._max_tries or call.peer.breaker.refuses:
            return None
        doubled_s = self._wait_s * 2.0 ** min(tries - 1, MAX_DOUBLINGS)
        wait_s = max(asked_s, random.uniform(0.0, min(doubled_s, self._max_wait_s)))  # noqa: S311 (no secret)
        if wait_s + needed_s >= call.deadline.left_s() or not call.peer.budget.spend():
            return None
        return wait_s
