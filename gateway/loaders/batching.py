"""The shape of a loader for things that have no call for many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import TypeVar

from strawberry.dataloader import DataLoader

from gateway.errors import GatewayError

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

DEFAULT_PARALLEL = 10


def side_by_side(fetch: Callable[[K], Awaitable[T]], limit: int = DEFAULT_PARALLEL) -> DataLoader[K, T]:
    """A loader that fetches its keys one by one, at most ``limit`` at once; a failure stands for its own key only."""
    slots = asyncio.Semaphore(limit)

    async def one(key: K) -> T | GatewayError:
        async with slots:
            try:
                return await fetch(key)
            except GatewayError as error:
                return error

    async def load(keys: list[K]) -> list[T | BaseException]:
        return list(await asyncio.gather(*(one(key) for key in keys)))

    return DataLoader(load)
