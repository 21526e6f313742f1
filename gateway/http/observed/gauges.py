"""What is looked at four times a second, and before each page: sizes, states, and how late the event loop is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from gateway.http.generations import Generation
from gateway.http.transport_ws.endpoint import Sockets
from gateway.observability import Telemetry
from gateway.store.interface import Store
from gateway.upstreams.resilience.breaker import BreakerState

if TYPE_CHECKING:
    from prometheus_client import Counter

    from gateway.observability.metrics import Metrics

EVERY_S = 0.25
SEVERITY = {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}


class Gauges:
    """Of one gateway, whichever generation serves.

    What is counted elsewhere, where a counter would cost too much, is carried over from there.
    """

    def __init__(
        self,
        metrics: Metrics,
        current: Callable[[], Generation],
        sockets: Sockets,
        store: Store,
        rejected: Callable[[], bool],
    ) -> None:
        """``rejected``: the last change of the settings is wrong."""
        self._metrics = metrics
        self._current = current
        self._sockets = sockets
        self._store = store
        self._rejected = rejected
        self._carried = [
            _Carried(metrics.document_hits, lambda: current().engine.usage.document_hits),
            _Carried(metrics.document_misses, lambda: current().engine.usage.document_misses),
            _Carried(metrics.shared_executions, lambda: current().engine.usage.shared),
            _Carried(metrics.kept_given, lambda: current().engine.usage.kept_given),
            *(_shared_reads(metrics, name, current) for name in current().upstreams.by_name),
        ]

    def look(self) -> None:
        metrics, usage = self._metrics, self._current().engine.usage
        metrics.documents.set(usage.documents)
        metrics.document_bytes.set(usage.document_bytes)
        metrics.kept.set(usage.kept)
        metrics.kept_bytes.set(usage.kept_bytes)
        metrics.sockets.set(len(self._sockets))
        metrics.store_degraded.set(self._store.degraded)
        metrics.settings_rejected.set(self._rejected())
        for carried in self._carried:
            carried.carry()
        for name, upstream in self._current().upstreams.by_name.items():
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
    telemetry: Telemetry,
    current: Callable[[], Generation],
    sockets: Sockets,
    store: Store,
    rejected: Callable[[], bool],
) -> AsyncIterator[dict[str, Gauges]]:
    """Look in the background, and a last time at the end. Gives what is to be in the lifespan's state: ``gauges``."""
    if telemetry.metrics is None:
        yield {}
        return
    gauges = Gauges(telemetry.metrics, current, sockets, store, rejected)
    task = asyncio.create_task(gauges.look_again())
    try:
        yield {"gauges": gauges}
    finally:
        task.cancel()
        gauges.look()


def _shared_reads(metrics: Metrics, name: str, current: Callable[[], Generation]) -> _Carried:
    return _Carried(metrics.shared_reads.labels(name), lambda: current().upstreams.by_name[name].sender.shared)


class _Carried:
    """A number that only grows, unless a reload begins it anew, and the counter that shows it."""

    def __init__(self, counter: Counter, number: Callable[[], int]) -> None:
        self._counter = counter
        self._number = number
        self._shown = 0

    def carry(self) -> None:
        number = self._number()
        if number < self._shown:
            self._shown = 0
        self._counter.inc(number - self._shown)
        self._shown = number
