"""The metrics. Their labels are services, codes, statuses and kinds: never anything that a caller chose."""

from __future__ import annotations

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

SERVICES = ("prediction", "deployment", "function_admin", "invoke")
KINDS = ("graph", "rest", "page", "probe")
OPERATIONS = ("query", "mutation", "subscription")

ANSWER_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
LAG_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
SEVERAL_PROCESSES = "PROMETHEUS_MULTIPROC_DIR"
"""The library's own variable, read when it is imported: the folder in which processes write what they count."""


class Metrics:
    """The instruments of one gateway. With several processes a gauge is the sum over those that live.

    The series that are known beforehand begin at 0, so that the first event shows in a rate.
    """

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a time for each series, which nobody reads
        registry = self._registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"fngraph_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"fngraph_{name}", text, labels, registry=registry, multiprocess_mode="livesum")

        def histogram(name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(f"fngraph_{name}_seconds", text, labels, buckets=buckets, registry=registry)

        self.requests = counter("http_requests", "Requests over HTTP.", "kind", "status")
        self.request_s = histogram("http_request_duration", "Until the answer begins.", ANSWER_S, "kind")
        self.requests_now = gauge("http_requests_in_flight", "Requests over HTTP at the moment.", "kind")
        self.sockets = gauge("sockets_open", "WebSockets at the moment.")
        self.operations = counter("operations", "Operations, over whatever transport.", "type", "outcome")
        self.operation_s = histogram("operation_duration", "A query or a mutation.", ANSWER_S, "type")
        self.operations_now = gauge("operations_in_flight", "Operations at the moment.", "type")

        self.upstream_requests = counter("upstream_requests", "Requests to an upstream.", "service")
        self.upstream_tries = counter("upstream_tries", "Their tries: retries and hedges, too.", "service")
        self.upstream_errors = counter("upstream_errors", "Those that failed at last.", "service", "code")
        self.upstream_s = histogram("upstream_request_duration", "With all tries.", ANSWER_S, "service")
        self.upstream_now = gauge("upstream_requests_in_flight", "At the moment, waiting ones too.", "service")
        self.shared_reads = counter("upstream_shared_reads", "Reads that joined an equal one.", "service")
        self.breakers_open = gauge("upstream_breakers_open", "Addresses whose breaker is not closed.", "service")
        self.breaker = Gauge(
            "fngraph_upstream_breaker_state", "0 closed, 1 half open, 2 open; the worst of the processes.",
            ["service"], registry=registry, multiprocess_mode="livemax",
        )  # fmt: skip

        self.document_hits = counter("document_cache_hits", "Documents that were known.")
        self.document_misses = counter("document_cache_misses", "Documents that were not.")
        self.documents = gauge("document_cache_entries", "Documents that are kept.")
        self.document_bytes = gauge("document_cache_bytes", "Memory for them, as it is estimated.")
        self.shared_executions = counter("shared_executions", "Queries that joined an identical one.")
        self.kept_given = counter("kept_answers_given", "Answers that were given again.")
        self.kept = gauge("kept_answers_entries", "Answers that are kept.")
        self.kept_bytes = gauge("kept_answers_bytes", "Memory for them, as it is estimated.")
        self.store_degraded = gauge("store_degraded", "1 while the store that copies share is away.")
        self.settings_rejected = gauge("settings_rejected", "1 while the last change of the settings is wrong.")
        self.loop_lag_s = histogram("event_loop_lag", "How late a timer is, four times a second.", LAG_S)
        self._begin()

    def _begin(self) -> None:
        for kind in KINDS:
            self.request_s.labels(kind)
            self.requests_now.labels(kind)
        for operation in OPERATIONS:
            self.operations_now.labels(operation)
        by_service = (
            self.upstream_requests, self.upstream_tries, self.upstream_s, self.upstream_now,
            self.shared_reads, self.breakers_open, self.breaker,
        )  # fmt: skip
        for service in SERVICES:
            for instrument in by_service:
                instrument.labels(service)

    def page(self) -> bytes:
        """All of them in Prometheus' text format, of all processes. Reads files where there are several."""
        if SEVERAL_PROCESSES not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
