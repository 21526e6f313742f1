"""A collector of traces: a real server that takes OTLP over HTTP, and decodes it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.sockets import eventually

KINDS = {1: "internal", 2: "server", 3: "client"}


@dataclass(frozen=True)
class Span:
    """A span as it was sent; ids are hexadecimal."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    state: str
    attributes: dict[str, Any]
    events: list[str]
    failed: bool


@dataclass
class Collector:
    """What has come so far. ``status`` is what it answers; ``raw`` are the bodies and ``headers`` those of the last."""

    url: str = ""
    status: int = 200
    spans: list[Span] = field(default_factory=list)
    resources: list[dict[str, Any]] = field(default_factory=list)
    raw: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    requests: int = 0

    async def trace(self, spans: int) -> list[Span]:
        """All spans, once there are so many."""
        await eventually(lambda: len(self.spans) >= spans)
        assert len(self.spans) == spans, self.tree()
        return self.spans

    def named(self, name: str) -> Span:
        [span] = [span for span in self.spans if span.name == name]
        return span

    def tree(self) -> list[str]:
        """Each span as ``parent > name``, sorted; the parent is ``-`` where no span that came is it."""
        names = {span.span_id: span.name for span in self.spans}
        return sorted(f"{names.get(span.parent_id, '-')} > {span.name}" for span in self.spans)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests += 1
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        if self.status == 200:
            self.raw += body
            self._decode(body)
        return web.Response(status=self.status, headers={"location": "/elsewhere"} if self.status == 307 else None)

    def _decode(self, body: bytes) -> None:
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.resources.append(_values(group.resource.attributes))
            self.spans += [_span(span) for scope in group.scope_spans for span in scope.spans]


@contextlib.asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A collector on a free port of this machine."""
    collector = Collector()
    app = web.Application()
    app.router.add_post("/otel/v1/traces", collector.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    collector.url = f"http://127.0.0.1:{runner.addresses[0][1]}/otel"
    try:
        yield collector
    finally:
        await runner.cleanup()


def _span(span: Any) -> Span:
    return Span(
        span.name,
        KINDS[span.kind],
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.trace_state,
        _values(span.attributes),
        [event.name for event in span.events],
        span.status.code == 2,
    )


def _values(attributes: Any) -> dict[str, Any]:
    return dict(_value(attribute) for attribute in attributes)


def _value(attribute: Any) -> tuple[str, Any]:
    return attribute.key, getattr(attribute.value, attribute.value.WhichOneof("value"))
