"""Values that are here at once, or later.

What works on columns is written as plain functions, in steps. A step is called at once where values are here; where
they must be waited for, a ``Later`` keeps it until they are. So a level in which nothing waits runs without any
coroutine, and one with a single column that waits in the coroutine of that column, however many steps there are.

Nothing that was started is left behind: ``asyncio.gather(..., return_exceptions=True)`` waits for all of its tasks also
when it is cancelled itself. It cancels each, and ends when the last of them has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from types import GeneratorType
from typing import Any

from graphql.pyutils import is_awaitable


class Later:
    """A list that is not here yet, and the steps that will make another of it."""

    __slots__ = ("_start", "_steps")

    def __init__(self, start: Callable[[], Awaitable[list[Any]]]) -> None:
        self._start = start
        self._steps: list[Step] = []

    def then(self, step: Step) -> Later:
        """This, with a further step."""
        self._steps.append(step)
        return self

    async def arrive(self) -> list[Any]:
        """Wait, and take the steps. To be called once."""
        values = await self._start()
        steps, self._steps = self._steps, []  # a step may hold what holds this: a circle, for the garbage collector
        for step in steps:
            found = step(values)
            values = await found.arrive() if isinstance(found, Later) else found
        return values


Found = list[Any] | Later
Step = Callable[[list[Any]], Found]


def then(found: Found, step: Step) -> Found:
    """What the step makes of it, at once if it can be."""
    return found.then(step) if isinstance(found, Later) else step(found)


def is_awaited(kind: type) -> bool:
    """Whether values of this type may have to be awaited."""
    return kind is GeneratorType or hasattr(kind, "__await__")


def arrived(begun: list[Any], values: list[Any]) -> Found:
    """The values, those that are awaitable awaited side by side; an exception stands for one that failed.

    What is awaited is added to ``begun`` now.
    """
    if not any(map(is_awaited, set(map(type, values)))):
        return values
    begun += values
    return Later(partial(_arrived, values))


async def _arrived(values: list[Any]) -> list[Any]:
    waiting = [index for index, value in enumerate(values) if is_awaitable(value)]
    values = list(values)
    if len(waiting) == 1:
        try:
            values[waiting[0]] = await values[waiting[0]]
        except Exception as error:
            values[waiting[0]] = error
    else:
        results = await asyncio.gather(*(values[index] for index in waiting), return_exceptions=True)
        for index, result in zip(waiting, results, strict=True):
            values[index] = result
    return values


def together(found: list[Found]) -> Found:
    """All of them, in one list; those that wait do so side by side."""
    waiting = [index for index, each in enumerate(found) if isinstance(each, Later)]
    if not waiting:
        return found
    if len(waiting) > 1:
        return Later(partial(_side_by_side, found, waiting))
    [index] = waiting
    return found[index].then(lambda values: [*found[:index], values, *found[index + 1 :]])  # type: ignore[union-attr]


async def _side_by_side(found: list[Any], waiting: list[int]) -> list[Any]:
    results = await asyncio.gather(*(found[index].arrive() for index in waiting), return_exceptions=True)
    for index, result in zip(waiting, results, strict=True):
        if isinstance(result, BaseException):
            raise result
        found[index] = result
    return found
