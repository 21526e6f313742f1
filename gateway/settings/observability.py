"""What operators see of the gateway from outside: metrics and traces."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, PositiveFloat, PositiveInt, SecretStr, model_validator

from gateway.settings.tables import Table, Url

MIN_TOKEN_CHARS = 16


def _checked_token(token: SecretStr) -> SecretStr:
    text = token.get_secret_value()
    if len(text) < MIN_TOKEN_CHARS or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"a token is at least {MIN_TOKEN_CHARS} visible ASCII characters")
    return token


def _checked_fields(fields: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in fields.items():
        text = value.get_secret_value()
        if not name.replace("-", "").isalnum() or not text.isascii() or not text.isprintable():
            raise ValueError(f"{name!r} is not a header field of visible ASCII characters")
    return fields


class MetricsSettings(Table):
    """Metrics for Prometheus at `/metrics`, for who brings the token (docs/observability.md)."""

    enabled: bool = Field(default=False, description="count, and serve `/metrics`; needs a `token`")
    token: Annotated[SecretStr, AfterValidator(_checked_token)] | None = Field(
        default=None, description="what Prometheus sends as `Authorization: Bearer`; at least 16 characters"
    )

    @model_validator(mode="after")
    def _guarded(self) -> MetricsSettings:
        if self.enabled and self.token is None:
            raise ValueError("`enabled` needs a `token`, which those who may read the metrics send")
        return self


class TracingSettings(Table):
    """Traces by OpenTelemetry, sent as OTLP over HTTP; off without an `endpoint` (docs/observability.md)."""

    endpoint: Url | None = Field(
        default=None, description="address of the collector, such as http://localhost:4318; `/v1/traces` is added"
    )
    headers: Annotated[dict[str, SecretStr], AfterValidator(_checked_fields)] = Field(
        default={}, description="header fields for the collector, such as its `authorization`"
    )
    service_name: str = Field(default="fngraph", min_length=1, description="`service.name` of the traces")
    sample_ratio: float = Field(default=1.0, ge=0, le=1, description="share of the traces that are recorded")
    callers_decide: bool = Field(
        default=False, description="record whenever a caller's `traceparent` says so, whatever `sample_ratio` is"
    )
    timeout_s: PositiveFloat = Field(default=5.0, description="seconds for the collector to take spans")
    interval_s: PositiveFloat = Field(default=5.0, description="seconds between two sendings")
    max_queue: PositiveInt = Field(default=2048, description="spans that wait to be sent; beyond it the oldest is lost")
