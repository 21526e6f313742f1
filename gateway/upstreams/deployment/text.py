"""A stream's bytes as text."""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterable, AsyncIterator

_DECODER = codecs.getincrementaldecoder("utf-8")


async def text_of(chunks: AsyncIterable[bytes]) -> AsyncIterator[str]:
    """The chunks as UTF-8, each as soon as it is there; what is not UTF-8 becomes U+FFFD.

    A character that is split over chunks comes with the chunk that completes it.
    """
    decoder = _DECODER(errors="replace")
    async for chunk in chunks:
        if text := decoder.decode(chunk):
            yield text
    if rest := decoder.decode(b"", final=True):
        yield rest
