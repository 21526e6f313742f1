"""What operators see of the gateway: metrics (Prometheus) and traces (OpenTelemetry). docs/observability.md.

    telemetry   the hooks that the rest calls; None stands for it where both are off
    requests    those of callers
    operations  operations and their documents
    exchanges   requests to upstreams
    spans       what the hooks need of a tracer
    metrics     the instruments and their page
    workers     one page for several processes
    tracing     spans, and the callers' trace contexts
    exporting   spans on their way to the collector
    log_fields  the trace's ids on log lines

The libraries are imported by ``metrics`` and the three for traces only, and these only where a setting turns them on.

Nothing that a caller chose is in a metric, nor in a span but the ids and `tracestate` of its trace: no key, document,
variable, path or message; names of operations neither. That is why exceptions are recorded by their code alone.
"""

from gateway.observability.telemetry import Telemetry, telemetry_of

__all__ = ["Telemetry", "telemetry_of"]
