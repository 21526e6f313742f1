"""What all callers of one gateway share, for its life."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from gateway.upstreams.function_admin.plain_valves import PlainValves


class Locks:
    """A lock per name, kept only while somebody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, name: str) -> asyncio.Lock:
        return self._locks.setdefault(name, asyncio.Lock())


@dataclass(frozen=True)
class Shared:
    """What reads, decides and writes does so one caller after the other; sources are read once.

    ``locks`` are by function, ``own_locks`` by account.
    """

    locks: Locks = field(default_factory=Locks)
    own_locks: Locks = field(default_factory=Locks)
    syncing: asyncio.Lock = field(default_factory=asyncio.Lock)
    plain_valves: PlainValves = field(default_factory=PlainValves)
