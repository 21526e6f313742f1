"""The texts that came with their hash, registered at one gateway and known at all that share its store."""

from __future__ import annotations

from gateway.http.persisted.memory import QueryStore
from gateway.http.persisted.names import sha256_of
from gateway.store.interface import Store

TTL_S = 24 * 3600.0
SLOTS_PER_ENTRY = 8
"""Places in the store for each text that a gateway remembers."""


class SharedQueries:
    """What this gateway remembers, and behind it the store.

    There a text has one of so many places, by its hash, and the last one that came has it: callers can make up any
    number of texts, and this bounds them without a list. Whose place is taken is asked for its text again, once.
    """

    def __init__(self, own: QueryStore, store: Store, entries: int, max_bytes: int) -> None:
        self._own = own
        self._store = store
        self._slots = entries * SLOTS_PER_ENTRY
        self._max_bytes = max_bytes

    async def get(self, sha256: str) -> str | None:
        text = await self._own.get(sha256)
        if text is not None:
            return text
        text = _text(await self._store.get(self._name(sha256), self._max_bytes))
        if text is None or sha256_of(text) != sha256:
            return None
        await self._own.put(sha256, text)
        return text

    async def put(self, sha256: str, text: str) -> None:
        if await self._own.get(sha256) is None:
            await self._own.put(sha256, text)
            await self._store.put(self._name(sha256), text.encode(errors="surrogatepass"), TTL_S)

    def _name(self, sha256: str) -> str:
        return f"apq:{int(sha256[:16], 16) % self._slots}"


def _text(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None
