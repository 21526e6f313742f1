"""Loading by key: each key is fetched once, and what came is kept, failures too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from gateway.turns import Turns

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

DEFAULT_PARALLEL = 10

Fetch = Callable[[list[K]], Awaitable[Sequence[T | Exception]]]
"""One value per key, in the same order; an exception object for one that failed."""


class Loader(Generic[K, T]):
    """Fetches keys by ``fetch``: what is asked for in one turn of the event loop is one call.

    ``fetch`` is cancelled when nobody waits for it.
    """

    def __init__(self, fetch: Fetch[K, T]) -> None:
        self._fetch = fetch
        self._batches: dict[K, _Batch[K, T]] = {}
        self._open: _Batch[K, T] | None = None

    async def load(self, key: K) -> T:
        """The value. Raises what ``fetch`` raised, or answered for this key."""
        [value] = await self.load_many([key])
        if isinstance(value, Exception):
            raise value
        return value

    async def load_many(self, keys: Iterable[K]) -> list[T | Exception]:
        """One value per key, an exception object for one that failed. Keys may occur twice."""
        keys = list(keys)
        known = self._batches
        batches = {}
        for key in keys:
            batch = known.get(key)
            batches[key] = self._batch_of(key) if batch is None or batch.given_up else batch
        waited_for = set(batches.values())
        for batch in waited_for:
            batch.waiting += 1
        try:
            for batch in waited_for:
                await asyncio.shield(batch.task)
        finally:
            for batch in waited_for:
                batch.leave()
        return [batches[key].values[key] for key in keys]

    def _batch_of(self, key: K) -> _Batch[K, T]:
        """The batch that will fetch it."""
        if self._open is None or self._open.closed:
            self._open = _Batch(self._fetch)
        batch = self._batches[key] = self._open
        batch.keys.append(key)
        return batch


class _Batch(Generic[K, T]):
    """Keys that are fetched together."""

    def __init__(self, fetch: Fetch[K, T]) -> None:
        self.keys: list[K] = []
        self.values: dict[K, T | Exception] = {}
        self.closed = False
        self.given_up = False
        self.waiting = 0
        self.task = asyncio.get_running_loop().create_task(self._run(fetch))

    async def _run(self, fetch: Fetch[K, T]) -> None:
        await asyncio.sleep(0)  # those who began in the same turn ask for their keys now
        self.closed = True
        try:
            values = await fetch(self.keys)
        except Exception as error:
            values = [error] * len(self.keys)
        self.values = dict(zip(self.keys, values, strict=True))

    def leave(self) -> None:
        """One who waited does not wait any more."""
        self.waiting -= 1
        if not self.waiting and not self.task.done():
            self.closed = self.given_up = True
            self.task.cancel()


class SideBySide(Generic[K, T]):
    """Of things that have no call for many: keys are fetched one by one, at most ``limit`` at once.

    The first who asks for a key fetches it in its own task. If it leaves, one of those who wait fetches it again.
    """

    __slots__ = ("_fetch", "_found", "_turns", "_waiting")

    def __init__(self, fetch: Callable[[K], Awaitable[T]], limit: int = DEFAULT_PARALLEL) -> None:
        self._fetch = fetch
        self._turns = Turns(limit)
        self._found: dict[K, T | Exception] = {}
        self._waiting: dict[K, list[asyncio.Future[None]]] = {}

    async def load(self, key: K) -> T:
        """The value. Raises what ``fetch`` raised."""
        if key not in self._found:
            await self._find(key)
        value = self._found[key]
        if isinstance(value, Exception):
            raise value
        return value

    async def load_many(self, keys: Iterable[K]) -> list[T | Exception]:
        """One value per key, an exception object for one that failed. Keys may occur twice."""
        keys = list(keys)
        wanted = [key for key in dict.fromkeys(keys) if key not in self._found]
        if len(wanted) == 1:
            await self._find(wanted[0])
        elif wanted:
            await asyncio.gather(*map(self._find, wanted))
        return [self._found[key] for key in keys]

    async def _find(self, key: K) -> None:
        """Fetch a key and tell those who come meanwhile, or be one of these."""
        while (waiting := self._waiting.get(key)) is not None:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            waiting.append(turn)
            await turn
        if key in self._found:
            return
        self._waiting[key] = []
        try:
            if not self._turns.entered():
                await self._turns.wait()
            try:
                self._found[key] = await self._fetch(key)
            except Exception as error:
                self._found[key] = error
            finally:
                self._turns.leave()
        finally:
            for turn in self._waiting.pop(key):
                if not turn.done():
                    turn.set_result(None)
