"""Reading an answer's body without trusting its size."""

from __future__ import annotations

import aiohttp

from gateway.errors import UpstreamInvalid


async def read_at_most(response: aiohttp.ClientResponse, limit_bytes: int) -> bytes:
    """The whole body, decompressed. Raises ``UpstreamInvalid`` as soon as it is longer than ``limit_bytes``."""
    chunks: list[bytes] = []
    left = limit_bytes
    async for chunk in response.content.iter_any():
        left -= len(chunk)
        if left < 0:
            raise UpstreamInvalid("The answer is larger than the limit.")
        chunks.append(chunk)
    return b"".join(chunks)
