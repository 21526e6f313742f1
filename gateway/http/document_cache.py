"""What is kept of requests, by their text: bounded by count and by size, and not to be flushed by strangers.

Segmented least-recently-used (Karedla, Love and Wherry, "Caching strategies to improve disk system performance", 1994):
what came once is on probation, what came again is protected. A flood of texts that come once passes through the
probation segment and leaves what is used untouched.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")

PROTECTED_SHARE = 0.8
"""Of both bounds."""


class _Segment(Generic[K, T]):
    def __init__(self, max_count: int, max_size: int) -> None:
        self._max_count = max_count
        self._max_size = max_size
        self.size = 0
        self.entries: OrderedDict[K, tuple[T, int]] = OrderedDict()

    def pop(self, key: K) -> tuple[T, int] | None:
        entry = self.entries.pop(key, None)
        if entry is not None:
            self.size -= entry[1]
        return entry

    def add(self, key: K, value: T, size: int) -> list[tuple[K, T, int]]:
        """Puts it in, and gives what had to leave for it, itself if it is larger than the segment."""
        self.entries[key] = (value, size)
        self.size += size
        left = []
        while len(self.entries) > self._max_count or self.size > self._max_size:
            oldest, (value, size) = self.entries.popitem(last=False)
            self.size -= size
            left.append((oldest, value, size))
        return left

    def __len__(self) -> int:
        return len(self.entries)


class SegmentedCache(Generic[K, T]):
    """At most ``max_count`` values whose sizes add up to ``max_size`` at most."""

    def __init__(self, max_count: int, max_size: int) -> None:
        protected_count, protected_size = int(max_count * PROTECTED_SHARE), int(max_size * PROTECTED_SHARE)
        self._protected: _Segment[K, T] = _Segment(protected_count, protected_size)
        self._probation: _Segment[K, T] = _Segment(max_count - protected_count, max_size - protected_size)

    def get(self, key: K) -> T | None:
        """The value, which from now on is protected; None if it is not kept."""
        protected = self._protected.entries
        entry = protected.get(key)
        if entry is not None:
            protected.move_to_end(key)
            return entry[0]
        entry = self._probation.pop(key)
        if entry is None:
            return None
        # Who leaves the protected segment is on probation again.
        for left in self._protected.add(key, *entry):
            self._probation.add(*left)
        return entry[0]

    def put(self, key: K, value: T, size: int) -> None:
        """Keep a new value, on probation."""
        self._probation.add(key, value, size)

    @property
    def size(self) -> int:
        """What the values take together."""
        return self._protected.size + self._probation.size

    def __len__(self) -> int:
        return len(self._protected) + len(self._probation)
