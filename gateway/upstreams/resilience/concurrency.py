"""So many requests at once, and a short queue: a slow upstream takes its own places and nothing else (a bulkhead)."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator

from gateway.errors import UpstreamUnavailable
from gateway.upstreams.resilience.deadlines import OutOfTime

BUSY_S = 1.0


class Gate:
    """Places for requests. Who comes when all are taken waits in a queue, in order, but not for long."""

    def __init__(self, places: int, max_queued: int, queue_timeout_s: float) -> None:
        self._free = places
        self._max_queued = max_queued
        self._queue_timeout_s = queue_timeout_s
        self._queue: deque[asyncio.Future[None]] = deque()

    def entered(self) -> bool:
        """Take a place, if there is one; it is given back with ``leave``."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    async def wait(self, left_s: float) -> None:
        """Take the next place that comes free, in the caller's time.

        Raises ``UpstreamUnavailable`` when the queue is full or slow, and ``OutOfTime``.
        """
        if len(self._queue) >= self._max_queued:
            raise _busy("Too many requests are waiting for the upstream.")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout(min(self._queue_timeout_s, left_s)):
                await turn
        except BaseException as error:
            self._give_up(turn)
            if isinstance(error, TimeoutError):
                if left_s < self._queue_timeout_s:
                    raise OutOfTime from None
                raise _busy("The upstream is too busy to take the request in time.") from None
            raise

    def leave(self) -> None:
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():
            self.leave()  # the place came in the same moment
        else:
            with contextlib.suppress(ValueError):
                self._queue.remove(turn)


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
