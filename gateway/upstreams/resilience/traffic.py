"""What was asked of an upstream in the last minutes, and how that went: counted in slices, for people to look at."""

from __future__ import annotations

import time
from collections import deque
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

    __slots__ = ("_ends_s", "_latest", "_slices")

    def __init__(self) -> None:
        self._slices: deque[Slice] = deque(maxlen=SLICES)
        self._latest = Slice(0)
        self._ends_s = 0.0

    def settled(self, failed: bool) -> None:
        """A request was answered, or failed."""
        if time.monotonic() >= self._ends_s:
            self._begin_slice()
        self._latest.requests += 1
        self._latest.errors += failed

    def answered(self, started_s: float) -> None:
        """What began at this moment of ``time.monotonic()`` has an answer, or the head of one, whatever it says."""
        now_s = time.monotonic()
        if now_s >= self._ends_s:
            self._begin_slice()
        self._latest.answers += 1
        self._latest.seconds += now_s - started_s

    def slices(self) -> list[Slice]:
        """The last five minutes, the oldest first; the last slice is not over yet."""
        counted = {each.number: each for each in self._slices}
        now = _number()
        return [counted.get(number) or Slice(number) for number in range(now - SLICES + 1, now + 1)]

    def _begin_slice(self) -> None:
        """Slices without a request are not kept."""
        self._latest = Slice(_number())
        self._ends_s = (self._latest.number + 1) * SLICE_S
        self._slices.append(self._latest)


def _number() -> int:
    return int(time.monotonic()) // SLICE_S
