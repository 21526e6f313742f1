"""What a caller can read, from its ``Accept`` header.

Source: RFC 9110, section 12.5.1; GraphQL over HTTP, section 6.1 "Accept". Clients list several forms: the one with the
highest weight wins, and of equal ones the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"
MULTIPART = "multipart/mixed"

_SPECIFICATIONS = ("subscriptionspec", "deferspec", "incrementalspec")
_WILDCARDS = {"*/*": JSON, "application/*": JSON}
MAX_HEADER_BYTES = 2000
"""Longer ones are read as if they were not there."""


@dataclass(frozen=True, slots=True)
class Multipart:
    """``multipart/mixed`` with the protocols that the caller names in its parameters."""

    subscription_spec: str | None = None
    defer_spec: str | None = None
    incremental_spec: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The forms that a caller can read. ``events``: server-sent events are wanted more than any JSON.

    ``json_named``: ``json`` is application/json, and the caller has named that, where others take anything.
    """

    json: str | None = JSON
    events: bool = False
    multipart: tuple[Multipart, ...] = ()
    json_named: bool = False

    @property
    def nothing(self) -> bool:
        """The gateway has no form that the caller can read."""
        return self.json is None and not self.events and not self.multipart


@dataclass(frozen=True, slots=True)
class _Range:
    kind: str
    weight: float
    parameters: dict[str, str] = field(default_factory=dict)


@lru_cache(maxsize=256)
def accepted(header: bytes) -> Accepted:
    """What an ``Accept`` header allows; anything, when it is empty."""
    if not header.strip() or len(header) > MAX_HEADER_BYTES:
        return Accepted()
    ranges = [_range(part) for part in header.decode("latin-1").lower().split(",") if part.strip()]
    wanted = sorted((each for each in ranges if each.weight > 0), key=lambda each: -each.weight)
    kinds = [_WILDCARDS.get(each.kind, each.kind) for each in wanted]
    known = [kind for kind in kinds if kind in (RESPONSE_JSON, JSON, EVENT_STREAM)]
    json = next((kind for kind in known if kind != EVENT_STREAM), None)
    return Accepted(
        json=json,
        events=known[:1] == [EVENT_STREAM],
        multipart=tuple(
            Multipart(*(each.parameters.get(name) for name in _SPECIFICATIONS))
            for each in wanted
            if each.kind in (MULTIPART, "multipart/*")
        ),
        json_named=json == JSON and any(each.kind == JSON for each in wanted),
    )


def _range(part: str) -> _Range:
    kind, *parameters = (piece.strip() for piece in part.split(";"))
    named = {name.strip(): value.strip().strip('"') for name, _, value in (each.partition("=") for each in parameters)}
    return _Range(kind, _weight(named.pop("q", "1")), named)


def _weight(text: str) -> float:
    """A weight that cannot be read is 1, as if it were not there."""
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 1.0
