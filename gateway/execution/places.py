"""Where in the response a value belongs.

Paths are needed only by errors and by resolvers that ask, so nothing is written down per value: a column knows its
``Places``, which work out the steps from the root to value ``index`` when somebody wants them.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Protocol

from graphql.pyutils import Path

Step = tuple[int, str | int, str | None]
"""Position among its siblings, response key or list index, and for a field the name of its parent type."""

Steps = tuple[Step, ...]


class Places(Protocol):
    def steps(self, index: int) -> Steps:
        """From the root to value ``index`` of the column."""


class Root:
    """The place of the whole response."""

    __slots__ = ()

    def steps(self, index: int) -> Steps:
        return ()


class Under:
    """A field of each row: as many values as rows."""

    __slots__ = ("_rows", "_step")

    def __init__(self, rows: Places, step: Step) -> None:
        self._rows = rows
        self._step = step

    def steps(self, index: int) -> Steps:
        return (*self._rows.steps(index), self._step)


class Items:
    """The items of several lists, one after the other; ``offsets`` says where each list begins."""

    __slots__ = ("_lists", "_offsets")

    def __init__(self, lists: Places, offsets: list[int]) -> None:
        self._lists = lists
        self._offsets = offsets

    def steps(self, index: int) -> Steps:
        which = bisect_right(self._offsets, index) - 1
        position = index - self._offsets[which]
        return (*self._lists.steps(which), (position, position, None))


class Some:
    """Some values of a column: those at ``indices``."""

    __slots__ = ("_indices", "_whole")

    def __init__(self, whole: Places, indices: list[int]) -> None:
        self._whole = whole
        self._indices = indices

    def steps(self, index: int) -> Steps:
        return self._whole.steps(self._indices[index])


def path_of(steps: Steps) -> Path | None:
    """The steps as graphql-core's linked path."""
    path: Path | None = None
    for _, key, typename in steps:
        path = Path(path, key, typename)
    return path


def keys_of(steps: Steps) -> list[str | int]:
    """The steps as the ``path`` of an error."""
    return [key for _, key, _ in steps]


def field_of(steps: Steps) -> Steps:
    """The steps up to the last field: without list indices at the end."""
    end = len(steps)
    while end and steps[end - 1][2] is None:
        end -= 1
    return steps[:end]
