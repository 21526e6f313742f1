"""What was asked of an upstream in the last minutes, and how that went: counted in slices, for people to look at."""

from __future__ import annotations

import time
from dataclasses import dataclass

SLICE_S = 10
SLICES = 30


@dataclass(slots=True)
class Slice:
    """Ten seconds. ``errors`` are among the ``requests``; ``answers`` took ``seconds`` together."""

    number: int
    requests: int = 0
    errors: int = 0
    answers: int = 0
    seconds: float = 0.0


class Traffic:
    """The requests to one upstream, at whatever address: each try counts, once it is known how it went."""

    __slots__ = ("_slices",)

    def __init__(self) -> None:
        self._slices = [Slice(-SLICES)] * SLICES

    def settled(self, failed: bool) -> None:
        """A request was answered, or failed."""
        current = self._current()
        current.requests += 1
        current.errors += failed

    def answered(self, seconds: float) -> None:
        """The head of an answer, or all of it, came after so long, whatever it says."""
        current = self._current()
        current.answers += 1
        current.seconds += seconds

    def slices(self) -> list[Slice]:
        """The last five minutes, the oldest first; the last slice is not over yet."""
        now = _number()
        return [self._at(number) or Slice(number) for number in range(now - SLICES + 1, now + 1)]

    def _current(self) -> Slice:
        number = _number()
        current = self._at(number)
        if current is None:
            current = self._slices[number % SLICES] = Slice(number)
        return current

    def _at(self, number: int) -> Slice | None:
        found = self._slices[number % SLICES]
        return found if found.number == number else None


def _number() -> int:
    return int(time.monotonic()) // SLICE_S
