"""For fields of a whole level: one value per parent, an exception object in the place of one that failed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

P = TypeVar("P")
T = TypeVar("T")


async def each(resolve: Callable[[P], Awaitable[T]], parents: Iterable[P]) -> list[T | BaseException]:
    """What ``resolve`` answers or raises for each parent, side by side."""
    return await asyncio.gather(*map(resolve, parents), return_exceptions=True)


def of_each(values: Iterable[P | BaseException], part: Callable[[P], T]) -> list[T | BaseException]:
    """What ``part`` makes of each value; exceptions stay."""
    return [value if isinstance(value, BaseException) else part(value) for value in values]
