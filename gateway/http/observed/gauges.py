"""What is looked at four times a second, and before each page: sizes, states, and how late the event loop is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from gateway.http.engine import Engine
from gateway.http.transport_ws.endpoint import Sockets
from gateway.observability import Telemetry
from gateway.store.interface import Store
from gateway.upstreams.clients import Upstreams
from gateway.upstreams.resilience.breaker import BreakerState

if TYPE_CHECKING:
    from prometheus_client import Counter

    from gateway.observability.metrics import Metrics

EVERY_S = 0.25
SEVERITY = {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}


class Gauges:
    """Of one gateway. What is counted elsewhere, where a counter would cost too much, is carried over from there."""

    def __init__(self, metrics: Metrics, engine: Engine, upstreams: Upstreams, sockets: Sockets, store: Store) -> None:
        self._metrics = metrics
        self._engine = engine
        self._upstreams = upstreams
        self._sockets = sockets
        self._store = store
        self._carried = [
            _Carried(metrics.document_hits, lambda: engine.usage.document_hits),
            _Carried(metrics.document_misses, lambda: engine.usage.document_misses),
            _Carried(metrics.shared_executions, lambda: engine.usage.shared),
            _Carried(metrics.kept_given, lambda: engine.usage.kept_given),
            *(_shared_reads(metrics, name, upstreams) for name in upstreams.by_name),
        ]

    def look(self) -> None:
        metrics, usage = self._metrics, self._engine.usage
        metrics.documents.set(usage.documents)
        metrics.document_bytes.set(usage.document_bytes)
        metrics.kept.set(usage.kept)
        metrics.kept_bytes.set(usage.kept_bytes)
        metrics.sockets.set(len(self._sockets))
        metrics.store_degraded.set(self._store.degraded)
        for carried in self._carried:
            carried.carry()
        for name, upstream in self._upstreams.by_name.items():
            metrics.breaker.labels(name).set(SEVERITY[upstream.breaker])
            metrics.breakers_open.labels(name).set(upstream.peers.breakers_open)

    async def look_again(self) -> None:
        """Without an end."""
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + EVERY_S
            await asyncio.sleep(EVERY_S)
            self._metrics.loop_lag_s.observe(max(loop.time() - due_s, 0.0))
            self.look()


@contextlib.asynccontextmanager
async def looked_at(
    telemetry: Telemetry, engine: Engine, upstreams: Upstreams, sockets: Sockets, store: Store
) -> AsyncIterator[dict[str, Gauges]]:
    """Look in the background, and a last time at the end. Gives what is to be in the lifespan's state: ``gauges``."""
    if telemetry.metrics is None:
        yield {}
        return
    gauges = Gauges(telemetry.metrics, engine, upstreams, sockets, store)
    task = asyncio.create_task(gauges.look_again())
    try:
        yield {"gauges": gauges}
    finally:
        task.cancel()
        gauges.look()


def _shared_reads(metrics: Metrics, name: str, upstreams: Upstreams) -> _Carried:
    sender = upstreams.by_name[name].sender
    return _Carried(metrics.shared_reads.labels(name), lambda: sender.shared)


class _Carried:
    """A number that only grows, and the counter that shows it."""

    def __init__(self, counter: Counter, number: Callable[[], int]) -> None:
        self._counter = counter
        self._number = number
        self._shown = 0

    def carry(self) -> None:
        number = self._number()
        self._counter.inc(number - self._shown)
        self._shown = number
