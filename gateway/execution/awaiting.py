"""Awaiting several things side by side, so that nothing that was started is left behind.

``asyncio.gather(..., return_exceptions=True)`` waits for all of its tasks also when it is cancelled itself: it cancels
each, and ends when the last of them has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable
from types import GeneratorType
from typing import Any

from graphql.pyutils import is_awaitable


def has_awaitable(values: list[Any]) -> bool:
    """Whether any of the values may have to be awaited. Looks at their types, which are few, not at each value."""
    return any(kind is GeneratorType or hasattr(kind, "__await__") for kind in set(map(type, values)))


async def arrived(values: list[Any]) -> list[Any]:
    """The values, those that are awaitable awaited side by side; an exception stands for one that failed."""
    if not has_awaitable(values):
        return values
    waiting = [index for index, value in enumerate(values) if is_awaitable(value)]
    values = list(values)
    if len(waiting) == 1:
        results = [await _outcome(values[waiting[0]])]
    else:
        results = await asyncio.gather(*(values[index] for index in waiting), return_exceptions=True)
    for index, result in zip(waiting, results, strict=True):
        values[index] = result
    return values


async def side_by_side(coroutines: list[Coroutine[Any, Any, list[Any]]]) -> list[list[Any]]:
    """The results of all; a single one is awaited without a task of its own."""
    if len(coroutines) == 1:
        return [await coroutines[0]]
    results = await asyncio.gather(*coroutines, return_exceptions=True)
    raise_first(results)
    return results  # type: ignore[return-value]


def raise_first(results: Iterable[object]) -> None:
    """Raise the first exception among the results."""
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _outcome(awaitable: Awaitable[Any]) -> Any:
    try:
        return await awaitable
    except Exception as error:
        return error
