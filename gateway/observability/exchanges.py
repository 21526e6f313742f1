"""Requests to the upstreams, as they are sent."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.observability.spans import Attributes, Tracer

if TYPE_CHECKING:
    from gateway.observability.metrics import Metrics

CANCELLED = "CANCELLED"


@dataclass(slots=True)
class Exchange:
    """A request with all its tries. ``code`` is that of its error, None without one."""

    service: str
    method: str
    status: int | None = None
    code: str | None = CANCELLED

    @property
    def attributes(self) -> Attributes:
        found: dict[str, str | int | None] = {
            "fngraph.service": self.service,
            "http.request.method": self.method,
            "http.response.status_code": self.status,
            "error.type": self.code,
        }
        return {name: value for name, value in found.items() if value is not None}


class Exchanges:
    """What is seen of them."""

    def __init__(self, metrics: Metrics | None, tracer: Tracer) -> None:
        self._metrics = metrics
        self._tracer = tracer

    @contextlib.contextmanager
    def sent(self, service: str, method: str, headers: dict[str, str]) -> Iterator[Exchange]:
        """Around a request; the trace's context is added to ``headers``."""
        exchange = Exchange(service, method)
        with self._counted(exchange), self._tracer.span(f"{service} {method}", "client") as span:
            self._tracer.carry(headers)
            try:
                yield exchange
            finally:
                span.describe(exchange.attributes, failed=exchange.code is not None)

    def tried(self, service: str) -> None:
        """A try begins."""
        self._tracer.event("try")
        if self._metrics is not None:
            self._metrics.upstream_tries.labels(service).inc()

    @contextlib.contextmanager
    def _counted(self, exchange: Exchange) -> Iterator[None]:
        metrics, service = self._metrics, exchange.service
        if metrics is None:
            yield
            return
        started_s = time.perf_counter()
        metrics.upstream_now.labels(service).inc()
        try:
            yield
        finally:
            metrics.upstream_now.labels(service).dec()
            metrics.upstream_requests.labels(service).inc()
            metrics.upstream_s.labels(service).observe(time.perf_counter() - started_s)
            if exchange.code is not None:
                metrics.upstream_errors.labels(service, exchange.code).inc()
