"""Whether the store is there. The first failure turns it off for all requests; only a task of its own asks again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

T = TypeVar("T")

ASK_S = 0.5
"""Between two looks at it: a failure that they see costs no request anything."""

PARTS = 10

log = structlog.get_logger("fngraph.store")


class AwayError(Exception):
    """The store did not do it."""


class Presence:
    """Told of failures, and with a task (between ``start`` and ``stop``) that sees the store come and go.

    ``ask`` does what requests need of the store; it raises ``AwayError`` when that fails.
    """

    def __init__(self, ask: Callable[[], Awaitable[object]]) -> None:
        self.away = True
        self._ask = ask
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return once it is known whether the store is there; before that, nobody asks it."""
        try:
            await self._ask()
            self.away = False
        except AwayError as error:
            _say_away(str(error))
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Nobody asks the store from now on."""
        self.away = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def lost(self, reason: str) -> None:
        """The store failed: nobody asks it until it is back. Says so once."""
        if not self.away:
            self.away = True
            _say_away(reason)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(ASK_S)
            await self._look()

    async def _look(self) -> None:
        try:
            await self._ask()
        except AwayError as error:
            self.lost(str(error))
            return
        if self.away:
            self.away = False
            log.warning("store is back")


def _say_away(reason: str) -> None:
    log.warning("store is away: going on with this copy's own memory", reason=reason)


async def patiently(task: asyncio.Future[T], timeout_s: float) -> T:
    """What ``task`` gives within ``timeout_s``; then it is cancelled. Raises ``TimeoutError``.

    The time is in ten parts, each at least one turn of the event loop, since sending and reading take a few: so a loop
    that is busy with something else for longer than ``timeout_s`` is not taken for a store that is slow.
    """
    try:
        for _ in range(PARTS):
            done, _pending = await asyncio.wait({task}, timeout=timeout_s / PARTS)
            if done:
                return task.result()
        raise TimeoutError
    finally:
        task.cancel()
