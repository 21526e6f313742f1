"""``trace_id`` and ``span_id`` on the log lines that are written inside a span."""

from __future__ import annotations

from opentelemetry.trace import get_current_span
from structlog.typing import EventDict, WrappedLogger


def add_trace(_: WrappedLogger, __: str, entry: EventDict) -> EventDict:
    """A processor of structlog. Hexadecimal, as in ``traceparent``."""
    context = get_current_span().get_span_context()
    if context.is_valid:
        entry["trace_id"] = f"{context.trace_id:032x}"
        entry["span_id"] = f"{context.span_id:016x}"
    return entry
