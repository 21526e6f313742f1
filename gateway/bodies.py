"""Reading an answer's body without trusting its size."""

from __future__ import annotations

from typing import Protocol

import aiohttp

from gateway.errors import UpstreamInvalid


class WithBody(Protocol):
    """An answer whose body is still to be read."""

    content: aiohttp.StreamReader


async def read_at_most(response: WithBody, limit_bytes: int) -> bytes:
    """The whole body, decompressed. Raises ``UpstreamInvalid`` as soon as it is longer than ``limit_bytes``."""
    content = response.content
    chunks: list[bytes] = []
    left = limit_bytes
    while not content.at_eof():
        chunk = await content.readany()
        left -= len(chunk)
        if left < 0:
            raise UpstreamInvalid("The answer is larger than the limit.")
        chunks.append(chunk)
    return b"".join(chunks)
