"""Structured logs, one JSON object a line, on standard error."""

from __future__ import annotations

import logging
import sys

import structlog

NOT_UTF_8 = "Invalid UTF-8 sequence received from client."
"""uvicorn's, for a WebSocket message: with level ``error`` and a traceback, which any client can have written."""


def configure(level: str, *, traced: bool = False) -> None:
    """Log from ``level`` on. Tracebacks are logged without the values of variables, which may hold secrets.

    Lines that are written inside a span have its ids where requests are ``traced``.

    What libraries log by the standard library has the same form, from ``warning`` on.
    """
    processors: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
        ),
    ]
    if traced:
        from gateway.observability.log_fields import add_trace

        processors.insert(0, add_trace)
    structlog.configure(
        processors=[*processors, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),  # a line at once: workers share the stream
    )
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=[structlog.stdlib.add_logger_name, *processors],
                processors=[
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
            )
        )
    logging.getLogger("uvicorn.error").addFilter(_blame_the_client)


def _blame_the_client(record: logging.LogRecord) -> bool:
    if record.msg == NOT_UTF_8:
        record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
    return True
