"""The embedded default: one process, and what a process goes on with while its store is away."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from cachetools import TLRUCache

from gateway.store.interface import MAX_MARK_BYTES, MAX_MEMBERS, Charge, Seats
from gateway.store.names import Names

MAX_BYTES = 32 * 1024 * 1024
ENTRY_BYTES = 300
"""What an entry takes besides its value."""
ASK_AGAIN_S = 0.02
"""Nobody knows when a place comes free."""

_Entry = tuple[bytes, float]


class Memory:
    """At most 32 MiB of values, and 10,000 buckets, accounts and sets each; what was used longest ago goes first."""

    shared = False
    degraded = False

    def __init__(self, clock: Callable[[], float] = time.monotonic, names: Names | None = None) -> None:
        self.names = names or Names()
        self._clock = clock
        self._values: TLRUCache[str, _Entry] = TLRUCache(
            MAX_BYTES,
            ttu=lambda _, entry, now_s: now_s + entry[1],
            timer=clock,
            getsizeof=lambda entry: len(entry[0]) + ENTRY_BYTES,
        )
        self._full_at_s: dict[str, float] = {}
        self._places: dict[str, _Places] = {}
        self._sets: dict[str, dict[str, float]] = {}

    async def __aenter__(self) -> Memory:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to close."""

    async def get(self, name: str, max_bytes: int) -> bytes | None:
        value = self._values.get(name, (b"", 0.0))[0]
        return value if 0 < len(value) <= max_bytes else None

    async def put(self, name: str, value: bytes, ttl_s: float) -> bool:
        if len(value) + ENTRY_BYTES <= MAX_BYTES:
            self._values[name] = (value, ttl_s)
        return True

    async def settle(self, name: str, mark: bytes, ttl_s: float) -> bytes:
        held = await self.get(name, MAX_MARK_BYTES)
        if held is None:
            await self.put(name, mark, ttl_s)
        return held or mark

    async def remove(self, name: str, mark: bytes) -> None:
        if await self.get(name, MAX_MARK_BYTES) == mark:
            del self._values[name]

    async def charge(self, charges: Sequence[Charge]) -> list[float]:
        now_s = self._clock()
        return [self._charged(charge, now_s) for charge in charges]

    def _charged(self, charge: Charge, now_s: float) -> float:
        full_at_s = max(self._full_at_s.pop(charge.name, now_s), now_s) + charge.points / charge.points_per_second
        self._full_at_s[charge.name] = full_at_s = min(full_at_s, now_s + charge.most_s)
        _shrink(self._full_at_s)
        return full_at_s - now_s

    async def enter(self, name: str, lease: str, seats: Seats) -> float:
        return self._account(name).enter(lease, seats, self._clock())

    async def leave(self, name: str, lease: str, seats: Seats) -> None:
        self._account(name).leave(lease, seats, self._clock())

    def _account(self, name: str) -> _Places:
        self._places[name] = places = self._places.pop(name, None) or _Places()
        _shrink(self._places)
        return places

    async def add(self, name: str, members: Collection[str], ttl_s: float) -> bool:
        ends_s = self._clock() + ttl_s
        self._sets[name] = held = self._set(name)
        _shrink(self._sets)
        for each in members:
            if each in held or len(held) < MAX_MEMBERS:
                held[each] = ends_s
        return held.keys() >= set(members)

    async def members(self, name: str) -> frozenset[str]:
        return frozenset(self._set(name))

    def _set(self, name: str) -> dict[str, float]:
        now_s = self._clock()
        held = {each: ends_s for each, ends_s in self._sets.pop(name, {}).items() if ends_s > now_s}
        if held:
            self._sets[name] = held
        return held


class _Places:
    """Those of one name: when each lease runs out, and when each one that was given back counts no more."""

    def __init__(self) -> None:
        self.held: dict[str, float] = {}
        self.recent: dict[str, float] = {}

    def enter(self, lease: str, seats: Seats, now_s: float) -> float:
        self.held = {each: ends_s for each, ends_s in self.held.items() if ends_s > now_s}
        self.recent = {each: ends_s for each, ends_s in self.recent.items() if ends_s > now_s}
        room = len(self.held) < seats.at_once and len(self.held) + len(self.recent) < seats.in_window
        if lease in self.held or room:
            self.held[lease] = now_s + seats.lease_s
            return 0.0
        return min(self.recent.values()) - now_s if self.recent else ASK_AGAIN_S

    def leave(self, lease: str, seats: Seats, now_s: float) -> None:
        self.held.pop(lease, None)
        self.recent[lease] = now_s + seats.window_s


def _shrink(entries: dict[str, Any]) -> None:
    """The oldest goes where there are too many."""
    if len(entries) > MAX_MEMBERS:
        del entries[next(iter(entries))]
