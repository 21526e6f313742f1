"""What several ask for at the same time is done once, by the first who asks, in its own task.

The others wait for it. When the first one leaves before there is a result, one of them does it again and the rest wait
for that one; so nobody depends on another one's patience, and sharing costs no task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flight(Generic[T]):
    """``result`` is what the others get when it lands: None if they have to do it themselves."""

    __slots__ = ("_flights", "_key", "result", "waiting")

    def __init__(self, flights: dict[Hashable, Flight[T]], key: Hashable) -> None:
        self.result: T | None = None
        self.waiting: list[asyncio.Future[T | None]] = []
        self._flights = flights
        self._key = key
        flights[key] = self

    def land(self) -> None:
        """It is done, or was given up."""
        if self._flights.get(self._key) is self:
            del self._flights[self._key]
        for waiter in self.waiting:
            if not waiter.done():
                waiter.set_result(self.result)


class InFlight(Generic[T]):
    """What is done at the moment, by what must be equal for it to be shared. ``joined``: how often it was so far.

    Belongs to one event loop, which it asks for once: in Python 3.11 that is a system call.
    """

    _loop: asyncio.AbstractEventLoop | None = None

    def __init__(self) -> None:
        self._flights: dict[Hashable, Flight[T]] = {}
        self.joined = 0

    def join(self, key: Hashable) -> asyncio.Future[T | None] | None:
        """Gives the result of what is in flight, or None if it has none; None at once if nothing is in flight."""
        flight = self._flights.get(key)
        if flight is None:
            return None
        self.joined += 1
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        waiter: asyncio.Future[T | None] = self._loop.create_future()
        flight.waiting.append(waiter)
        return waiter

    def lead(self, key: Hashable) -> Flight[T]:
        """Begin it, where there is nothing to ``join``; it must land, whatever comes of it."""
        return Flight(self._flights, key)

    def seal(self) -> None:
        """Nobody joins what is in flight now: something was changed, and it may have read what was there before."""
        self._flights.clear()
