"""Answers that stay open."""

from __future__ import annotations

from pydantic import Field, PositiveFloat

from gateway.settings.tables import Table


class EventStreamSettings(Table):
    """Server-sent events (graphql-sse)."""

    keep_alive_s: PositiveFloat = Field(default=12.0, description="seconds between comments that keep a stream open")


class MultipartSubscriptionSettings(Table):
    """Subscriptions over multipart/mixed."""

    heartbeat_s: PositiveFloat = Field(default=5.0, description="seconds between parts that keep a stream open")
