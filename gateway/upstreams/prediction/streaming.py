"""Predictions that grow, in the two forms in which the upstream streams them.

v0 sends whole JSON objects one after the other, v1 server-sent events ``prediction`` and ``error``; an upstream that
does not stream sends one JSON object. Source: the clients fxn 0.0.22 to 0.0.35 (v0), muna of December 2025 (v1).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any

from gateway.errors import BadInput, UpstreamInvalid
from gateway.upstreams.answer import Answer
from gateway.upstreams.api import Api
from gateway.upstreams.failures import MAX_MESSAGE_CHARS, failures_of
from gateway.upstreams.pieces import Event, Events, JsonObjects
from gateway.upstreams.prediction.client import explain
from gateway.upstreams.prediction.records import Prediction
from gateway.upstreams.requests import JSON_HEADERS
from gateway.upstreams.streams import Stream

EVENT_STREAM = "text/event-stream"


async def streamed(
    api: Api, path: str, *, query: Mapping[str, str] | None = None, body: Any, headers: Mapping[str, str]
) -> AsyncGenerator[Prediction, None]:
    """``POST {path}``; each prediction as it comes, at least one. Close it to close the upstream's socket."""
    count = 0
    async with api.stream("POST", path, query=query, body=body, headers=headers) as stream:
        pieces = _pieces(stream, api.max_response_bytes)
        with failures_of(stream.service):
            async for chunk in stream:
                for piece in pieces.feed(chunk):
                    yield api.decode(Answer(200, JSON_HEADERS, piece), Prediction)
                    count += 1
            pieces.finish()
            if not count:
                raise UpstreamInvalid("The upstream's stream holds no prediction.")


class _PredictionEvents:
    """The data of ``prediction`` events; other kinds are passed over, but for ``error``."""

    def __init__(self, limit_bytes: int) -> None:
        self._events = Events(limit_bytes)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Raises ``BadInput`` with the vendor's text for an ``error`` event."""
        for event in self._events.feed(chunk):
            if event.kind == "error":
                raise _refusal(event)
            if event.kind == "prediction":
                yield event.data

    def finish(self) -> None:
        """An event that is cut off counts for nothing."""


def _pieces(stream: Stream, limit_bytes: int) -> JsonObjects | _PredictionEvents:
    media_type = stream.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return _PredictionEvents(limit_bytes) if media_type == EVENT_STREAM else JsonObjects(limit_bytes)


def _refusal(event: Event) -> BadInput:
    text = explain(400, event.data)
    return BadInput(text[:MAX_MESSAGE_CHARS] if text else "The upstream refused the input.")
