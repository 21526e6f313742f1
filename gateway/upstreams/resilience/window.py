"""Counting over the last seconds, in slots that are dropped as they grow old."""

from __future__ import annotations

import time

SLOTS = 10


class Window:
    """Two counts over the last ``seconds``: ``total``, and those of them, or beside them, that are ``marked``."""

    __slots__ = ("_current", "_marked", "_slot_s", "_total", "marked", "total")

    def __init__(self, seconds: float) -> None:
        self._slot_s = seconds / SLOTS
        self.clear()

    def clear(self) -> None:
        self.total = self.marked = 0
        self._total = [0] * SLOTS
        self._marked = [0] * SLOTS
        self._current = int(time.monotonic() / self._slot_s)

    def add(self, total: int, marked: int) -> None:
        self.advance()
        slot = self._current % SLOTS
        self._total[slot] += total
        self._marked[slot] += marked
        self.total += total
        self.marked += marked

    def advance(self) -> None:
        """Forget what is too old, so that ``total`` and ``marked`` are true now."""
        now = int(time.monotonic() / self._slot_s)
        if now == self._current:
            return
        for passed in range(self._current + 1, min(now, self._current + SLOTS) + 1):
            slot = passed % SLOTS
            self.total -= self._total[slot]
            self.marked -= self._marked[slot]
            self._total[slot] = self._marked[slot] = 0
        self._current = now
