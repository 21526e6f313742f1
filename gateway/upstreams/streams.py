"""Answers that come piece by piece: their bytes, and the JSON values and server-sent events in them."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.errors import UpstreamInvalid
from gateway.upstreams.failures import failures_of
from gateway.upstreams.wire import Response


class Stream:
    """The bytes of a 2xx answer as they arrive, decompressed. Iterating raises the errors of ``gateway.errors``."""

    def __init__(self, response: Response, service: str, limit_bytes: int) -> None:
        self.headers: Mapping[str, str] = response.headers
        self.service = service
        self._content = response.content
        self._left_bytes = limit_bytes

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> bytes:
        with failures_of(self.service):
            chunk = await self._content.readany()
        if not chunk:
            raise StopAsyncIteration
        self._left_bytes -= len(chunk)
        if self._left_bytes < 0:
            raise UpstreamInvalid("The upstream's stream is larger than the limit.", service=self.service)
        return chunk
