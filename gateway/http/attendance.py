"""Watching over a request that takes its time: its body does not come, or its client leaves.

Most requests are answered before anything could be watched, and cost one timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from types import TracebackType
from typing import TypeVar

from starlette.types import Receive

from gateway.http.exchange import ClientLeft, TooSlow

T = TypeVar("T")

PATIENCE_S = 0.05
"""How long a request runs before anyone looks."""


class Attendance:
    """A context manager around the work for one request, in the task that does it.

    Raises ``TooSlow`` when the body is not whole after ``body_timeout_s``, and ``ClientLeft`` when nobody waits for the
    answer any more: the work is cancelled then. ``read`` is to be called once the body is whole.
    """

    def __init__(self, receive: Receive, body_timeout_s: float) -> None:
        self._receive = receive
        self._body_timeout_s = body_timeout_s
        self._body_read = False
        self._interrupted_by: Exception | None = None
        self._watching: asyncio.Task[None] | None = None
        self._task: asyncio.Task[object] | None = None

    def __enter__(self) -> Attendance:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task(self._loop)
        self._started_s = self._loop.time()
        self._timer = self._loop.call_later(PATIENCE_S, self._look)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._watching is not None:
            self._watching.cancel()
        if self._interrupted_by is not None and isinstance(error, asyncio.CancelledError) and self._uncancel() == 0:
            raise self._interrupted_by from None

    def read(self) -> None:
        """The body is whole: what is left to watch is the client."""
        self._body_read = True

    def _look(self) -> None:
        if self._body_read:
            self._watching = self._loop.create_task(self._watch())
        elif self._loop.time() - self._started_s >= self._body_timeout_s:
            self._interrupt(TooSlow(self._body_timeout_s))
        else:
            self._timer = self._loop.call_later(PATIENCE_S, self._look)

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._interrupt(ClientLeft())

    def _interrupt(self, reason: Exception) -> None:
        assert self._task is not None
        self._interrupted_by = reason
        self._task.cancel()

    def _uncancel(self) -> int:
        assert self._task is not None
        return self._task.uncancel()


async def while_connected(receive: Receive, work: Awaitable[T]) -> T:
    """What ``work`` gives, for a request whose body has been read. Raises ``ClientLeft`` as ``Attendance``."""
    with Attendance(receive, 0) as attendance:
        attendance.read()
        return await work
