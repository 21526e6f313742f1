"""The hooks that the rest calls, and whether there are any."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from gateway.observability.exchanges import Exchanges
from gateway.observability.operations import Operations
from gateway.observability.requests import Requests
from gateway.observability.spans import NoTracer, Tracer
from gateway.settings import MetricsSettings, Settings, TracingSettings

if TYPE_CHECKING:
    from gateway.observability.metrics import Metrics


class Telemetry:
    """Of one gateway. Each hook tells the metrics and the tracer, whichever of them is on."""

    def __init__(self, metrics: Metrics | None, tracer: Tracer) -> None:
        self.metrics = metrics
        self.requests = Requests(metrics, tracer)
        self.operations = Operations(metrics, tracer)
        self.exchanges = Exchanges(metrics, tracer)
        self._tracer = tracer

    def running(self) -> AbstractAsyncContextManager[None]:
        """Around the gateway's life."""
        return self._tracer.running()


def telemetry_of(settings: Settings, version: str) -> Telemetry | None:
    """None where metrics and traces are both off. Their libraries are imported here, where they are on."""
    if not settings.metrics.enabled and settings.tracing.endpoint is None:
        return None
    return Telemetry(_metrics(settings.metrics), _tracer(settings.tracing, version))


def _metrics(settings: MetricsSettings) -> Metrics | None:
    if not settings.enabled:
        return None
    from gateway.observability.metrics import Metrics

    return Metrics()


def _tracer(settings: TracingSettings, version: str) -> Tracer:
    if settings.endpoint is None:
        return NoTracer()
    from gateway.observability.tracing import Tracing

    return Tracing(settings, version)
