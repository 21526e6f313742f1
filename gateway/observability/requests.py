"""Requests of callers: over HTTP, and operations on sockets, where each is a request of its own."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.observability.spans import Attributes, Headers, Span, Tracer

if TYPE_CHECKING:
    from gateway.observability.metrics import Metrics

CLIENT_LEFT = 499
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(slots=True)
class Request:
    """A request over HTTP as it goes on. ``status`` stays as it is if nobody waits for the answer.

    ``route`` is its template; ``operation`` is query, mutation, subscription or batch, where it came to one.
    """

    kind: str
    method: str
    route: str
    started_s: float
    status: int = CLIENT_LEFT
    begun_s: float | None = None
    request_id: str | None = None
    operation: str | None = None

    def begin(self, status: int, request_id: str | None) -> None:
        """The answer begins."""
        self.status, self.request_id, self.begun_s = status, request_id, time.perf_counter()

    def fail(self) -> None:
        """Nobody answers it but the server, with 500, if there is still time for it."""
        if self.begun_s is None:
            self.status = 500

    @property
    def attributes(self) -> Attributes:
        found: dict[str, str | int | None] = {
            "http.request.method": self.method,
            "http.route": self.route,
            "http.response.status_code": self.status,
            "fngraph.request_id": self.request_id,
            "graphql.operation.type": self.operation,
        }
        return {name: value for name, value in found.items() if value is not None}


class Requests:
    """What is seen of them."""

    def __init__(self, metrics: Metrics | None, tracer: Tracer) -> None:
        self._metrics = metrics
        self._tracer = tracer

    @contextlib.contextmanager
    def http(self, method: str, kind: str, route: str, headers: Headers) -> Iterator[Request]:
        """Around a request and its answer."""
        request = Request(kind, method if method in METHODS else "_OTHER", route, time.perf_counter())
        with self._counted(request), self._tracer.called(headers), self._tracer.span(method, "server") as span:
            try:
                yield request
            except Exception:
                request.fail()
                raise
            finally:
                _describe(span, request)

    @contextlib.contextmanager
    def operation_on_socket(self) -> Iterator[None]:
        with self._tracer.span("WEBSOCKET /graph", "server", {"http.route": "/graph"}):
            yield

    def socket(self, headers: Headers) -> AbstractContextManager[None]:
        """Around a socket: its operations belong to the trace that its handshake names."""
        return self._tracer.called(headers)

    @contextlib.contextmanager
    def _counted(self, request: Request) -> Iterator[None]:
        metrics = self._metrics
        if metrics is None:
            yield
            return
        now = metrics.requests_now.labels(request.kind)
        now.inc()
        try:
            yield
        finally:
            now.dec()
            metrics.requests.labels(request.kind, str(request.status)).inc()
            ended_s = request.begun_s or time.perf_counter()
            metrics.request_s.labels(request.kind).observe(ended_s - request.started_s)


def _describe(span: Span, request: Request) -> None:
    span.describe(request.attributes, name=f"{request.method} {request.route}", failed=request.status >= 500)
