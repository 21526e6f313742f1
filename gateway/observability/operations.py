"""Operations, whatever they came by, and what is made of their documents."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractContextManager, aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from gateway.observability.spans import Span, Tracer

if TYPE_CHECKING:
    from gateway.observability.metrics import Metrics

T = TypeVar("T")

TYPE = "graphql.operation.type"


@dataclass(slots=True)
class Operation:
    """``outcome``: ok, errors (some fields failed), failed (there is no answer) or cancelled."""

    outcome: str = "cancelled"


class Operations:
    """What is seen of them."""

    def __init__(self, metrics: Metrics | None, tracer: Tracer) -> None:
        self._metrics = metrics
        self._tracer = tracer

    def refused(self) -> None:
        """One does not run: its document, or what names it, is wrong."""
        if self._metrics is not None:
            self._metrics.operations.labels("none", "refused").inc()

    def prepared(self, started_s: float) -> None:
        """A document that was not known has been parsed and validated since this moment of ``time.time()``."""
        self._tracer.record("graphql.prepare", started_s)

    def planning(self) -> AbstractContextManager[Span]:
        """Around the making of a plan."""
        return self._tracer.span("graphql.plan")

    def executing(self, kind: str) -> AbstractContextManager[Span]:
        """Around an execution. Those who share it have none."""
        return self._tracer.span("graphql.execute", attributes={TYPE: kind})

    @contextlib.contextmanager
    def counted(self, kind: str) -> Iterator[Operation]:
        """Around an operation, until it is answered."""
        operation, started_s = Operation(), time.perf_counter()
        self._now(kind, 1)
        try:
            yield operation
        except Exception:
            operation.outcome = "failed"
            raise
        finally:
            self._now(kind, -1)
            self._count(kind, operation, time.perf_counter() - started_s)

    async def followed(self, kind: str, steps: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        """What ``steps`` gives, with an execution's span around all of it. It is current only while a step is made: in
        between another task may have its turn, or the last one."""
        span = self._tracer.begin("graphql.execute", {TYPE: kind})
        try:
            with self.counted(kind) as operation:
                async with aclosing(steps):
                    while True:
                        with span.current():
                            step = await anext(steps, None)
                        if step is None:
                            break
                        yield step
                operation.outcome = "ok"
        finally:
            span.end()

    def _now(self, kind: str, more: int) -> None:
        if self._metrics is not None:
            self._metrics.operations_now.labels(kind).inc(more)

    def _count(self, kind: str, operation: Operation, duration_s: float) -> None:
        if self._metrics is not None:
            self._metrics.operations.labels(kind, operation.outcome).inc()
            if kind != "subscription":
                self._metrics.operation_s.labels(kind).observe(duration_s)
