"""The HTTP status of a GraphQL answer, decided in one function.

GraphQL over HTTP (draft of 2025), section 6.4, for callers that ask for ``application/graphql-response+json``. For the
others the rule of the prediction vendor's old clients: fxn 0.0.24 and later and fxnjs read the message of a 4xx or 5xx,
and break on ``data: null`` with 200.
"""

from __future__ import annotations

from typing import Any

from gateway.errors import (
    BadInput,
    Conflict,
    Forbidden,
    GatewayError,
    Internal,
    NotFound,
    RateLimited,
    Unauthenticated,
    UpstreamInvalid,
    UpstreamTimeout,
    UpstreamUnavailable,
)

RESPONSE_JSON = "application/graphql-response+json"

_KINDS: tuple[type[GatewayError], ...] = (
    BadInput, Conflict, Forbidden, Internal, NotFound, RateLimited, Unauthenticated,
    UpstreamInvalid, UpstreamTimeout, UpstreamUnavailable,
)  # fmt: skip
_BY_CODE = {kind.code: kind.http_status for kind in _KINDS}


def status_of(body: dict[str, Any], media_type: str) -> int:
    """200 where there is something to read; else the first error's status (400 for GraphQL's own errors)."""
    errors = body.get("errors")
    if not errors:
        return 200
    data = body.get("data")
    if media_type == RESPONSE_JSON:
        return _of(errors[0]) if data is None else 200
    return 200 if data and any(value is not None for value in data.values()) else _of(errors[0])


def _of(error: dict[str, Any]) -> int:
    return _BY_CODE.get(error["extensions"]["code"], 400)
