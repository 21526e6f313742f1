"""Spans on their way to the collector: OTLP over HTTP, in a thread of the SDK's.

OpenTelemetry's encoding, but not its exporter: that brings `requests` with what it needs, one licence among it that is
not allowed here, and it follows redirects with the collector's credential.

Source: OTLP specification 1.5, sections "OTLP/HTTP Request" and "OTLP/HTTP Response".
"""

from __future__ import annotations

import http.client
import math
import ssl
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from gateway.settings import TracingSettings

PATH = "/v1/traces"
CONTENT_TYPE = "application/x-protobuf"

log = structlog.get_logger("fngraph.tracing")


class Collector(SpanExporter):
    """Sends each batch once, on a connection of its own. What the collector does not take is lost, and told once."""

    def __init__(self, settings: TracingSettings) -> None:
        assert settings.endpoint is not None
        self._address = urlsplit(settings.endpoint)
        self._path = self._address.path + PATH
        self._headers = {name: value.get_secret_value() for name, value in settings.headers.items()}
        self._headers["Content-Type"] = CONTENT_TYPE
        self._timeout_s = settings.timeout_s
        self._ends_s = math.inf
        self._lost = 0

    def end_in(self, seconds: float) -> None:
        """Nothing is sent after that."""
        self._ends_s = time.monotonic() + seconds

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        try:
            status = self._post(encode_spans(spans).SerializeToString())
        except (OSError, http.client.HTTPException) as error:
            return self._failed(len(spans), type(error).__name__)
        if not 200 <= status < 300:
            return self._failed(len(spans), f"status {status}")
        if self._lost:
            log.info("traces are sent again", lost=self._lost)
            self._lost = 0
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """There is nothing to close."""

    def _post(self, body: bytes) -> int:
        """The status of the answer. Raises ``OSError``, or ``HTTPException``."""
        seconds = min(self._timeout_s, self._ends_s - time.monotonic())
        if seconds <= 0:
            raise TimeoutError
        connection = self._connection(seconds)
        try:
            connection.request("POST", self._path, body, self._headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def _connection(self, timeout_s: float) -> http.client.HTTPConnection:
        host, port = self._address.hostname or "", self._address.port
        if self._address.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=timeout_s)
        return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=ssl.create_default_context())

    def _failed(self, spans: int, reason: str) -> SpanExportResult:
        if not self._lost:
            log.warning("traces are not sent", reason=reason)
        self._lost += spans
        return SpanExportResult.FAILURE
