"""Looking at many things every now and then, with one timer of the event loop for all of them.

Most time-outs are cancelled long before they are due. A timer of its own costs each of them more than all the rest of
what a small request does about it; being one of those that a ticker looks at costs an entry in a dictionary.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

TICK_S = 0.02
"""How late a ticker may be."""


class Watched(Protocol):
    """What a ticker looks at. It is hashed by identity."""

    def look(self, now_s: float) -> None:
        """``now_s`` is of ``time.monotonic()``. May add and discard, itself too. Raises nothing."""


class Ticker:
    """Looks every 20 milliseconds, as long as there is something to look at. Belongs to one event loop."""

    loop: asyncio.AbstractEventLoop
    """Its event loop, once something was added: asking for the running one is a system call in Python 3.11."""

    def __init__(self) -> None:
        self._watched: dict[Watched, None] = {}
        self._ticking = False

    def add(self, watched: Watched) -> None:
        """Look at it from now on."""
        self._watched[watched] = None
        if not self._ticking:
            self._tick_later()

    def discard(self, watched: Watched) -> None:
        """No longer; it may be none of those that are looked at."""
        self._watched.pop(watched, None)

    def _tick_later(self) -> None:
        self._ticking = True
        self.loop = asyncio.get_running_loop()
        self.loop.call_later(TICK_S, self._tick)

    def _tick(self) -> None:
        self._ticking = False
        now_s = time.monotonic()
        for watched in list(self._watched):
            watched.look(now_s)
        if self._watched and not self._ticking:
            self._tick_later()
