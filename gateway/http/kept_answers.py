"""Answers that are given again for a short while, where the settings say for how long.

Only answers of queries without errors are kept. One is private to its caller, by the key under which executions are
shared, unless every root field of it is declared public. A caller's mutation drops what is private to that caller.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, Protocol, TypeVar

from cachetools import LRUCache, TLRUCache
from msgspec.structs import replace

from gateway.http.answer_age import Age
from gateway.http.sharing import Key

ENTRY_BYTES = 1000
"""What an entry takes besides its JSON."""
MAX_CHANGERS = 10_000
"""Callers of whom it is known that they have changed something; more than could do so while one query runs."""


class Sized(Protocol):
    """An answer; ``content`` is its JSON, if it is ``flawless``: without errors."""

    @property
    def flawless(self) -> bool: ...

    @property
    def content(self) -> bytes: ...


A = TypeVar("A", bound=Sized)


class _Kept(NamedTuple, Generic[A]):
    answer: A
    seconds: float


class KeptAnswers(Generic[A]):
    """Bounded by bytes: what was used longest ago goes first. ``given`` counts answers that were given again."""

    def __init__(self, max_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: TLRUCache[Key, _Kept[A]] = TLRUCache(
            max_bytes,
            ttu=lambda _, kept, now_s: now_s + kept.seconds,
            timer=clock,
            getsizeof=lambda kept: len(kept.answer.content) + ENTRY_BYTES,
        )
        self._changes: LRUCache[Hashable, int] = LRUCache(MAX_CHANGERS)
        self.given = 0

    @property
    def size_bytes(self) -> int:
        return int(self._kept.currsize)

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key, age: Age) -> A | None:
        """The answer, if there is one that is not too old."""
        kept = self._kept.get(_shown_to(key, age))
        if kept is None:
            return None
        self.given += 1
        return kept.answer

    def put(self, key: Key, age: Age, answer: A) -> None:
        """Keep it, unless it is larger than all there is room for."""
        if len(answer.content) + ENTRY_BYTES <= self._kept.maxsize:
            self._kept[_shown_to(key, age)] = _Kept(answer, age.seconds)

    def changes(self, caller: Hashable) -> int:
        """How often ``drop`` was called for this caller: what was read before the last time is not to be kept."""
        return self._changes.get(caller, 0)

    def drop(self, caller: Hashable) -> None:
        """Forget what is private to a caller."""
        self._changes[caller] = self.changes(caller) + 1
        for key in [key for key in self._kept if key.caller == caller]:
            self._kept.pop(key, None)


def _shown_to(key: Key, age: Age) -> Key:
    return replace(key, caller=None) if age.public else key
