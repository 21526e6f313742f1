"""Spans, and the trace contexts of callers (W3C Trace Context). Baggage is neither read nor passed on.

What is not valid of a context, or longer than 512 characters, OpenTelemetry leaves out. Exceptions are not recorded:
their texts may hold anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway.observability.exporting import Collector
from gateway.observability.spans import Attributes, Headers, Kind, Span
from gateway.settings import TracingSettings

MAX_BATCH = 512
END_S = 1.0
TICK_S = 0.01
MAX_ATTRIBUTES = 16
MAX_EVENTS = 32
"""Of one span, which has one for each try."""
MAX_CHARS = 256

KINDS = {"server": SpanKind.SERVER, "client": SpanKind.CLIENT, "internal": SpanKind.INTERNAL}


class Recorded:
    """A span of OpenTelemetry's."""

    __slots__ = ("_span",)

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def describe(self, attributes: Attributes, *, name: str | None = None, failed: bool = False) -> None:
        self._span.set_attributes(dict(attributes))
        if name is not None:
            self._span.update_name(name)
        if failed:
            self._span.set_status(Status(StatusCode.ERROR))

    def event(self, name: str) -> None:
        self._span.add_event(name)

    def end(self) -> None:
        self._span.end()

    @contextlib.contextmanager
    def current(self) -> Iterator[None]:
        with trace.use_span(self._span, record_exception=False, set_status_on_exception=False):
            yield


class _Drawn(Sampler):
    """A share of the traces, at random: the id of a trace, which OpenTelemetry's goes by, may be a caller's choice."""

    def __init__(self, ratio: float) -> None:
        self._ratio = TraceIdRatioBased(ratio)

    def should_sample(
        self, parent_context: Context | None, trace_id: int, name: str, *others: Any, **named: Any
    ) -> SamplingResult:
        return self._ratio.should_sample(parent_context, random.getrandbits(64), name, *others, **named)

    def get_description(self) -> str:
        return f"{self._ratio.get_description()} at random"


class Tracing:
    """One gateway's tracer. Spans are sent while ``running`` is entered."""

    def __init__(self, settings: TracingSettings, version: str) -> None:
        self._settings = settings
        drawn = _Drawn(settings.sample_ratio)
        self._provider = TracerProvider(
            sampler=ParentBased(drawn, remote_parent_sampled=ALWAYS_ON if settings.callers_decide else drawn),
            resource=Resource({"service.name": settings.service_name, "service.version": version}),
            shutdown_on_exit=False,
            span_limits=_limits(),
        )
        self._tracer = self._provider.get_tracer("fngraph", version)
        self._w3c = TraceContextTextMapPropagator()
        # It warns of what is not valid in a caller's `tracestate`, word for word, each time.
        logging.getLogger("opentelemetry.trace").setLevel(logging.ERROR)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send in the background; what is left at the end has ``END_S``."""
        settings, collector = self._settings, Collector(self._settings)
        batch = min(MAX_BATCH, settings.max_queue)
        processor = BatchSpanProcessor(collector, settings.max_queue, settings.interval_s * 1000, batch)
        self._provider.add_span_processor(processor)
        try:
            yield
        finally:
            await self._end(collector)

    async def _end(self, collector: Collector) -> None:
        """Does not wait for a collector that answers late, nor does the end of the process."""
        ends_s = time.monotonic() + END_S
        collector.end_in(END_S)
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        while ending.is_alive() and time.monotonic() < ends_s:  # noqa: ASYNC110 (nothing tells when)
            await asyncio.sleep(TICK_S)

    @contextlib.contextmanager
    def span(self, name: str, kind: Kind = "internal", attributes: Attributes | None = None) -> Iterator[Span]:
        """A span around what is inside, below the one that is current."""
        with self._tracer.start_as_current_span(
            name, kind=KINDS[kind], attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            yield Recorded(span)

    def begin(self, name: str, attributes: Attributes | None = None) -> Span:
        """A span below the one that is current, to be ended."""
        return Recorded(self._tracer.start_span(name, attributes=attributes))

    def record(self, name: str, started_s: float) -> None:
        """A span that began at this moment of ``time.time()`` and ends now."""
        self._tracer.start_span(name, start_time=int(started_s * 1e9)).end(time.time_ns())

    @contextlib.contextmanager
    def called(self, headers: Headers) -> Iterator[None]:
        """What is inside belongs to the caller's trace, if these fields of a request name one."""
        token = contexts.attach(self._w3c.extract(_carried(headers), Context()))
        try:
            yield
        finally:
            contexts.detach(token)

    def carry(self, headers: dict[str, str]) -> None:
        """Add the current span's context to the fields of a request, whether it is recorded or not."""
        self._w3c.inject(headers)

    def event(self, name: str) -> None:
        """Something happened in the span that is current."""
        trace.get_current_span().add_event(name)


def _limits() -> SpanLimits:
    """All of them, since the SDK reads what is missing from the environment."""
    return SpanLimits(
        max_attributes=MAX_ATTRIBUTES,
        max_events=MAX_EVENTS,
        max_links=0,
        max_span_attributes=MAX_ATTRIBUTES,
        max_event_attributes=0,
        max_link_attributes=0,
        max_attribute_length=MAX_CHARS,
        max_span_attribute_length=MAX_CHARS,
    )


def _carried(headers: Headers) -> dict[str, str | list[str]]:
    """``traceparent``, and ``tracestate``, which may stand in several fields (W3C Trace Context, section 3)."""
    parents = [value.decode("latin-1") for name, value in headers if name == b"traceparent"]
    states = [value.decode("latin-1") for name, value in headers if name == b"tracestate"]
    return {"traceparent": parents[0], "tracestate": states} if len(parents) == 1 else {}
