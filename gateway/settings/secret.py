"""Values that no text shows."""

from __future__ import annotations

from typing import Generic, TypeVar

HIDDEN = "**********"

T = TypeVar("T")


class Secret(Generic[T]):
    """Only ``get_secret_value`` gives the value; everything that prints settings prints ``HIDDEN``."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def get_secret_value(self) -> T:
        return self._value

    def shown(self) -> str:
        """What may be seen of it; an empty one hides nothing."""
        return HIDDEN if self._value else ""

    def __str__(self) -> str:
        return self.shown()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.shown()!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and bool(self._value == other._value)

    def __hash__(self) -> int:
        return hash(self._value)
