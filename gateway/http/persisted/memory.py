"""Where the texts are that came with their hash: in this process, or wherever a ``QueryStore`` has them."""

from __future__ import annotations

import sys
from typing import Protocol

from gateway.http.document_cache import SegmentedCache


class QueryStore(Protocol):
    """Keeps texts by hash. It may forget any of them at any time."""

    async def get(self, sha256: str) -> str | None:
        """The text, or None."""

    async def put(self, sha256: str, text: str) -> None:
        """Keep a text whose hash was checked; it may be there already."""


class MemoryStore:
    """At most ``max_entries`` texts in at most ``max_bytes`` of memory. Those in use outlast those that come once."""

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self._texts: SegmentedCache[str, str] = SegmentedCache(max_entries, max_bytes)

    async def get(self, sha256: str) -> str | None:
        return self._texts.get(sha256)

    async def put(self, sha256: str, text: str) -> None:
        if self._texts.get(sha256) is None:
            self._texts.put(sha256, text, sys.getsizeof(text))
