"""The vendor's limits, held by all gateways that share a store: a place there for each request, beside one of its own.

A place is a lease of ``LEASE_S``, renewed while the request is under way, so that a gateway that dies gives it back.
While the store is away, each gateway holds the limits by itself.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine
from typing import Any

from gateway.store.interface import Seats, Store
from gateway.upstreams.requests import Pace

LEASE_S = 6.0
RENEW_S = LEASE_S / 3
ASK_AGAIN_S = 0.05
"""The longest wait between two questions for a place: another gateway may have taken the one that came free."""


class SharedLimiter:
    """A ``Pace``. ``own`` are the limits as this gateway would hold them alone: who waits there is served in order."""

    busy = True  # nobody here knows

    def __init__(self, own: Pace, store: Store, name: str, seats: Seats) -> None:
        self._own = own
        self._store = store
        self._name = name
        self._seats = seats
        self._turn = asyncio.Lock()
        self._held: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._renewing: asyncio.Task[None] | None = None

    async def enter(self) -> None:
        """Waits until another request may be sent. Its place is held until it was answered: call ``leave`` then."""
        await self._own.enter()
        lease = secrets.token_hex(8)
        try:
            async with self._turn:
                await self._place(lease)
        except BaseException:
            self._own.leave()
            raise
        self._held.append(lease)
        if self._renewing is None or self._renewing.done():
            self._renewing = self._begun(self._renew())

    async def _place(self, lease: str) -> None:
        wait_s = await self._asked(lease)
        while wait_s > 0:
            await asyncio.sleep(min(wait_s, ASK_AGAIN_S))
            wait_s = await self._asked(lease)

    async def _asked(self, lease: str) -> float:
        try:
            return await self._store.enter(self._name, lease, self._seats)
        except asyncio.CancelledError:  # a yes may be on its way
            self._begun(self._store.leave(self._name, lease, self._seats))
            raise

    def leave(self) -> None:
        """One place is as good as another."""
        self._begun(self._store.leave(self._name, self._held.pop(), self._seats))
        self._own.leave()

    def _begun(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _renew(self) -> None:
        while self._held:
            await asyncio.sleep(RENEW_S)
            for lease in list(self._held):
                await self._store.enter(self._name, lease, self._seats)
                if lease not in self._held:  # given back in the same moment
                    await self._store.leave(self._name, lease, self._seats)
