"""Answers that stay open."""

from __future__ import annotations

from typing import Annotated

from gateway.settings.tables import PositiveFloat, Table


class EventStreamSettings(Table, frozen=True):
    """Server-sent events (graphql-sse)."""

    keep_alive_s: Annotated[PositiveFloat, "seconds between comments that keep a stream open"] = 12.0


class MultipartSubscriptionSettings(Table, frozen=True):
    """Subscriptions over multipart/mixed."""

    heartbeat_s: Annotated[PositiveFloat, "seconds between parts that keep a stream open"] = 5.0
