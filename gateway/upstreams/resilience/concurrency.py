"""So many requests at once, and a short queue: a slow upstream takes its own places and nothing else (a bulkhead)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from gateway.errors import UpstreamUnavailable
from gateway.turns import Turns
from gateway.upstreams.resilience.deadlines import OutOfTime

BUSY_S = 1.0


class Gate(Turns):
    """Places for requests. Who comes when all are taken waits in a queue, in order, but not for long."""

    __slots__ = ("_max_queued", "_queue_timeout_s")

    def __init__(self, places: int, max_queued: int, queue_timeout_s: float) -> None:
        super().__init__(places)
        self._max_queued = max_queued
        self._queue_timeout_s = queue_timeout_s

    async def wait_within(self, left_s: float) -> None:
        """Take the next place that comes free, in the caller's time.

        Raises ``UpstreamUnavailable`` when the queue is full or slow, and ``OutOfTime``.
        """
        if self.waiting >= self._max_queued:
            raise _busy("Too many requests are waiting for the upstream.")
        try:
            async with asyncio.timeout(min(self._queue_timeout_s, left_s)):
                await self.wait()
        except TimeoutError:
            if left_s < self._queue_timeout_s:
                raise OutOfTime from None
            raise _busy("The upstream is too busy to take the request in time.") from None


class Streams:
    """Places for streams, which last long: there is no queue, and they take no place of ``Gate`` after their head."""

    def __init__(self, places: int) -> None:
        self._left = places

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Raises ``UpstreamUnavailable`` when all are taken."""
        if self._left <= 0:
            raise _busy("Too many streams of the upstream are open.")
        self._left -= 1
        try:
            yield
        finally:
            self._left += 1


def _busy(message: str) -> UpstreamUnavailable:
    return UpstreamUnavailable(message, retry_after_s=BUSY_S)
