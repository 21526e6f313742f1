"""What is made of settings and outlives a reload, as long as the settings that it is made of stay the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Parts:
    """The parts of one generation by name. Those of the one before it are taken over where they would be the same.

    A generation that comes to nothing has changed nothing: each has its own ``Parts``.
    """

    def __init__(self, before: Parts | None = None) -> None:
        self._before = before._made if before else {}
        self._made: dict[str, tuple[object, Any]] = {}

    def get(self, name: str, made_of: object, make: Callable[[], T]) -> T:
        """The part: what was made of something equal before, else what ``make`` gives."""
        known = self._before.get(name)
        if known is None or known[0] != made_of:
            known = (made_of, make())
        self._made[name] = known
        part: T = known[1]
        return part

    def settle(self) -> None:
        """The generation serves: what it did not take over of the one before is let go."""
        self._before = {}
