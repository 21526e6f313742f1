"""Watching over a request that takes its time: its client may leave.

Its body is read by then. Most requests are answered before anyone could look, and cost an entry in the ticker.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Receive

from gateway.http.exchange import ClientLeft
from gateway.ticker import Ticker

T = TypeVar("T")

PATIENCE_S = 0.05
"""How long a request runs before anyone looks."""


async def while_connected(receive: Receive, work: Awaitable[T], ticker: Ticker | None = None) -> T:
    """What ``work`` gives, for a request whose body has been read.

    Raises ``ClientLeft`` when nobody waits for the answer any more: the work is cancelled then.
    """
    attendance = _Attendance(receive, ticker or Ticker())
    try:
        return await work
    except asyncio.CancelledError:
        attendance.check()
        raise
    finally:
        attendance.end()


class _Attendance:
    """Watches over the current task from now on."""

    __slots__ = ("_client_left", "_receive", "_started_s", "_task", "_ticker", "_watching")

    def __init__(self, receive: Receive, ticker: Ticker) -> None:
        self._receive = receive
        self._started_s = time.monotonic()
        self._client_left = False
        self._watching: asyncio.Task[None] | None = None
        self._ticker = ticker
        ticker.add(self)
        task = asyncio.current_task(ticker.loop)
        assert task is not None
        self._task: asyncio.Task[object] = task

    def check(self) -> None:
        """Raises ``ClientLeft`` if that is why the task was cancelled."""
        if self._client_left and self._task.uncancel() == 0:
            raise ClientLeft from None

    def end(self) -> None:
        self._ticker.discard(self)
        watching, self._watching = self._watching, None  # no longer held: what ends it holds this
        if watching is not None:
            watching.cancel()

    def look(self, now_s: float) -> None:
        """Begin to watch the client."""
        if now_s - self._started_s >= PATIENCE_S:
            self._ticker.discard(self)
            self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._client_left = True
        self._task.cancel()
