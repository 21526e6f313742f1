"""The vendor's limits, held for all callers of the gateway together.

Source: www.nyckel.com/docs, "API throttling": 25 requests a second and 25 at once per account. A leaky
bucket such as aiolimiter's lets nearly twice its rate through in a second that follows a pause, so this counts instead:
a request has its place in the second until one second after its *answer*, since the vendor has counted it at some
moment before that, however slow the way there was.
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from gateway.store.interface import Seats, Store
from gateway.upstreams.invoke.shared_limits import LEASE_S, SharedLimiter
from gateway.upstreams.requests import Pace

# A little more than a second: an event loop may wake up a millisecond early.
WINDOW_S = 1.01


class Limiter:
    """The limits of one account. Who waits is served in order."""

    def __init__(self, requests_per_second: int, concurrent: int) -> None:
        self._places = asyncio.Semaphore(requests_per_second)
        self._concurrent = asyncio.Semaphore(concurrent)

    @property
    def busy(self) -> bool:
        """Whether ``enter`` would wait."""
        return self._concurrent.locked() or self._places.locked()

    async def enter(self) -> None:
        """Waits until another request may be sent. Its place is held until it was answered: call ``leave`` then."""
        await self._concurrent.acquire()
        try:
            await self._places.acquire()
        except BaseException:
            self._concurrent.release()
            raise

    def leave(self) -> None:
        self._concurrent.release()
        asyncio.get_running_loop().call_later(WINDOW_S, self._forget)

    def _forget(self) -> None:
        self._places.release()


class Limiters:
    """A limiter per account, kept while a request is under way or counts: one that is idle is like a new one.

    With a store that is shared, the limits hold for all gateways that share it.
    """

    def __init__(self, requests_per_second: int, concurrent: int, store: Store | None = None) -> None:
        self._requests_per_second = requests_per_second
        self._concurrent = concurrent
        self._store = store if store is not None and store.shared else None
        self._limiters: WeakValueDictionary[str, Pace] = WeakValueDictionary()

    def of(self, account: str | None) -> Pace:
        """None is everybody without a credential: the vendor can only tell them by the gateway's address."""
        limiter = self._limiters.get(account or "")
        if limiter is None:
            limiter = self._limiters[account or ""] = self._new(account or "")
        return limiter

    def _new(self, account: str) -> Pace:
        own = Limiter(self._requests_per_second, self._concurrent)
        if self._store is None:
            return own
        seats = Seats(self._concurrent, self._requests_per_second, WINDOW_S, LEASE_S)
        return SharedLimiter(own, self._store, self._store.names.of("account", account), seats)
