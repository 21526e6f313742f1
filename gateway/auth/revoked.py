"""Keys that were revoked at any gateway: all that share a store know them within ``POLL_S``, and go on knowing.

They are read behind the requests' backs, so that a request looks into a set. A store that has lost them is told again
by every gateway that still runs.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection

from gateway.store.interface import MAX_MEMBERS, Store

SET = "revoked"
POLL_S = 2.0
TTL_S = 90 * 24 * 3600.0
"""By then the key is to be gone from every file and every setting."""

AWAY = "The store could not be told"
FULL = f"The store holds {MAX_MEMBERS:,} revoked keys and takes no more"

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


class UntoldError(Exception):
    """Other gateways may still take the keys; the text says why."""


def is_fingerprint(text: str) -> bool:
    """Whether it is what ``gateway.auth.principal.fingerprint`` gives."""
    return _FINGERPRINT.fullmatch(text) is not None


class Revoked:
    """The fingerprints of the keys; a context manager while the gateway runs."""

    def __init__(self, store: Store) -> None:
        self._known: frozenset[str] = frozenset()
        self._store = store
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Revoked:
        if not self._store.shared:
            return self
        await self._look()
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def __contains__(self, fingerprint: str) -> bool:
        return fingerprint in self._known

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._known)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            await self._look()

    async def _look(self) -> None:
        found = frozenset(filter(is_fingerprint, await self._store.members(SET)))
        lost = self._known - found
        self._known |= found
        if lost and len(found) < MAX_MEMBERS:  # else they are not lost, but among more than it shows
            await self._store.add(SET, lost, TTL_S)


async def revoke(store: Store, fingerprints: Collection[str]) -> None:
    """Have every gateway refuse the keys. Raises ``UntoldError``."""
    async with store:
        if not await store.add(SET, fingerprints, TTL_S):
            raise UntoldError(AWAY if store.degraded else FULL)
