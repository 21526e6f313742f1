"""Loading by key: what is asked for in one turn of the event loop is one call, and each key is fetched once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from gateway.errors import GatewayError

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

DEFAULT_PARALLEL = 10

Fetch = Callable[[list[K]], Awaitable[Sequence[T | Exception]]]
"""One value per key, in the same order; an exception object for one that failed."""


class Loader(Generic[K, T]):
    """Fetches keys by ``fetch`` and keeps what came, failures too. ``fetch`` is cancelled when nobody waits for it."""

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
        batches = {key: self._batch_of(key) for key in keys}
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
        batch = self._batches.get(key)
        if batch is None or batch.given_up:
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


def side_by_side(fetch: Callable[[K], Awaitable[T]], limit: int = DEFAULT_PARALLEL) -> Loader[K, T]:
    """A loader of things that have no call for many: its keys are fetched one by one, at most ``limit`` at once.

    A failure (``GatewayError``) stands for its own key only.
    """
    slots = asyncio.Semaphore(limit)

    async def one(key: K) -> T | Exception:
        async with slots:
            try:
                return await fetch(key)
            except GatewayError as error:
                return error

    async def all_of(keys: list[K]) -> list[T | Exception]:
        return [await one(keys[0])] if len(keys) == 1 else list(await asyncio.gather(*map(one, keys)))

    return Loader(all_of)
