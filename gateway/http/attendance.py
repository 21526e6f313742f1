"""Watching over a request that takes its time: its client may leave.

Most requests are answered before anyone could look. One that never waits costs nothing here, the others an entry in a
ticker.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Generator
from types import TracebackType, coroutine
from typing import Any, TypeVar

from starlette.types import Receive

from gateway.http.exchange import ClientLeft
from gateway.ticker import Ticker

T = TypeVar("T")

PATIENCE_S = 0.05
"""How long a request runs before anyone looks."""


@coroutine
def while_connected(
    receive: Receive, work: Coroutine[Any, Any, T], ticker: Ticker | None = None
) -> Generator[Any, Any, T]:
    """What ``work`` gives, for a request whose body has been read; it begins at once.

    Raises ``ClientLeft`` when nobody waits for the answer any more: the work is cancelled then.
    """
    try:
        waits_for = work.send(None)
        with _Attendance(receive, ticker or Ticker()):
            while True:
                # As `yield from work` does it, which cannot begin in the middle (PEP 380).
                try:
                    arrived = yield waits_for
                except BaseException as error:
                    waits_for = work.throw(error)
                else:
                    waits_for = work.send(arrived)
    except StopIteration as done:
        result: T = done.value
        return result


class _Attendance:
    """A context manager around the work for one request, in the task that does it."""

    __slots__ = ("_client_left", "_receive", "_started_s", "_task", "_ticker", "_watching")

    def __init__(self, receive: Receive, ticker: Ticker) -> None:
        self._receive = receive
        self._ticker = ticker
        self._client_left = False
        self._watching: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        self._started_s = time.monotonic()
        self._ticker.add(self)
        task = asyncio.current_task(self._ticker.loop)
        assert task is not None
        self._task: asyncio.Task[object] = task

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ticker.discard(self)
        watching, self._watching = self._watching, None  # no longer held: what ends it holds this
        if watching is not None:
            watching.cancel()
        if self._client_left and isinstance(error, asyncio.CancelledError) and self._task.uncancel() == 0:
            raise ClientLeft from None

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
