"""What operators see of the gateway from outside: metrics and traces."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from gateway.settings.addresses import Url
from gateway.settings.secret import Secret
from gateway.settings.tables import PositiveFloat, PositiveInt, Table

MIN_TOKEN_CHARS = 16


def _checked_token(token: Secret[str]) -> Secret[str]:
    text = token.get_secret_value()
    if len(text) < MIN_TOKEN_CHARS or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"a token is at least {MIN_TOKEN_CHARS} visible ASCII characters")
    return token


def _checked_fields(fields: dict[str, Secret[str]]) -> dict[str, Secret[str]]:
    for name, value in fields.items():
        text = value.get_secret_value()
        if not name.replace("-", "").isalnum() or not text.isascii() or not text.isprintable():
            raise ValueError(f"{name!r} is not a header field of visible ASCII characters")
    return fields


class MetricsSettings(Table, frozen=True):
    """Metrics for Prometheus at `/metrics`, for who brings the token (docs/observability.md)."""

    enabled: Annotated[bool, "count, and serve `/metrics`; needs a `token`"] = False
    token: Annotated[
        Annotated[Secret[str], _checked_token] | None,
        "what Prometheus sends as `Authorization: Bearer`; at least 16 characters",
    ] = None

    def __post_init__(self) -> None:
        if self.enabled and self.token is None:
            raise ValueError("`enabled` needs a `token`, which those who may read the metrics send")


class TracingSettings(Table, frozen=True):
    """Traces by OpenTelemetry, sent as OTLP over HTTP; off without an `endpoint` (docs/observability.md)."""

    endpoint: Annotated[
        Url | None, "address of the collector, such as http://localhost:4318; `/v1/traces` is added"
    ] = None
    headers: Annotated[
        Annotated[dict[str, Secret[str]], _checked_fields],
        "header fields for the collector, such as its `authorization`",
    ] = {}
    service_name: Annotated[str, Meta(min_length=1), "`service.name` of the traces"] = "fngraph"
    sample_ratio: Annotated[float, Meta(ge=0, le=1), "share of the traces that are recorded"] = 1.0
    callers_decide: Annotated[bool, "record whenever a caller's `traceparent` says so, whatever `sample_ratio` is"] = (
        False
    )
    timeout_s: Annotated[PositiveFloat, "seconds for the collector to take spans"] = 5.0
    interval_s: Annotated[PositiveFloat, "seconds between two sendings"] = 5.0
    max_queue: Annotated[PositiveInt, "spans that wait to be sent; beyond it the oldest is lost"] = 2048
