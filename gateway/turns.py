"""So many at once, and who comes when all places are taken waits for one, in order.

As ``asyncio.Semaphore``, but that a place that is free is taken in one step that is not asynchronous. Nearly always
one is free, and then waiting to be told so costs more than what is done there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque


class Turns:
    """Places. Belongs to one event loop."""

    __slots__ = ("_free", "_queue")

    def __init__(self, places: int) -> None:
        self._free = places
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    def entered(self) -> bool:
        """Take a place, if there is one; it is given back with ``leave``."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    async def wait(self) -> None:
        """Take the next place that comes free."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self.leave()  # the place came in the same moment
            else:
                with contextlib.suppress(ValueError):
                    self._queue.remove(turn)
            raise

    def leave(self) -> None:
        """Give a place back."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
