"""Watching over a request that takes its time: its body does not come, or its client leaves.

Most requests are answered before anything could be watched, and cost an entry in the ticker.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from types import TracebackType
from typing import TypeVar

from starlette.types import Receive

from gateway.http.exchange import ClientLeft, TooSlow
from gateway.ticker import Ticker

T = TypeVar("T")

PATIENCE_S = 0.05
"""How long a request runs before anyone looks."""


class Attendance:
    """A context manager around the work for one request, in the task that does it.

    Raises ``TooSlow`` when the body is not whole after ``body_timeout_s``, and ``ClientLeft`` when nobody waits for the
    answer any more: the work is cancelled then. ``read`` is to be called once the body is whole.
    """

    __slots__ = (
        "_body_read",
        "_body_timeout_s",
        "_interrupted_by",
        "_receive",
        "_started_s",
        "_task",
        "_ticker",
        "_watching",
    )

    def __init__(self, receive: Receive, body_timeout_s: float, ticker: Ticker) -> None:
        self._receive = receive
        self._body_timeout_s = body_timeout_s
        self._ticker = ticker
        self._body_read = False
        self._interrupted_by: Exception | None = None
        self._watching: asyncio.Task[None] | None = None

    def __enter__(self) -> Attendance:
        self._started_s = time.monotonic()
        self._ticker.add(self)
        task = asyncio.current_task(self._ticker.loop)
        assert task is not None
        self._task: asyncio.Task[object] = task
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ticker.discard(self)
        watching, self._watching = self._watching, None  # no longer held: what ends it holds this
        if watching is not None:
            watching.cancel()
        if (
            self._interrupted_by is not None
            and isinstance(error, asyncio.CancelledError)
            and self._task.uncancel() == 0
        ):
            raise self._interrupted_by from None

    def read(self) -> None:
        """The body is whole: what is left to watch is the client."""
        self._body_read = True

    def look(self, now_s: float) -> None:
        """Begin to watch the client, or end the wait for the body."""
        lasted_s = now_s - self._started_s
        if lasted_s < PATIENCE_S:
            return
        if self._body_read:
            self._ticker.discard(self)
            self._watching = asyncio.get_running_loop().create_task(self._watch())
        elif lasted_s >= self._body_timeout_s:
            self._interrupt(TooSlow(self._body_timeout_s))

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._interrupt(ClientLeft())

    def _interrupt(self, reason: Exception) -> None:
        self._ticker.discard(self)
        self._interrupted_by = reason
        self._task.cancel()


async def while_connected(receive: Receive, work: Awaitable[T]) -> T:
    """What ``work`` gives, for a request whose body has been read. Raises ``ClientLeft`` as ``Attendance``."""
    with Attendance(receive, 0, Ticker()) as attendance:
        attendance.read()
        return await work
