"""The HTTP status of a GraphQL answer, decided in one function.

GraphQL over HTTP (draft of 2025), section 6.4, for callers that ask for ``application/graphql-response+json``. For the
others the rule of the prediction vendor's old clients: of a 200, fxn 0.0.24 to 0.0.40 read ``data`` only and break on a
null where they asked for something; of a 4xx or 5xx every client raises, most with the message. So an answer in which
there is nothing but errors has their status, however deep its nulls are. One exception, from section 6.4.1: who names
``application/json`` gets 200 for a document that is wrong. Of the clients only fxnjs until 0.0.10 does, and that reads
``errors`` of a 200 only.
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
from gateway.http.accept import RESPONSE_JSON
from gateway.http.errors import PARSE_FAILED, VALIDATION_FAILED
from gateway.http.persisted.errors import (
    DocumentNotTrusted,
    PersistedDocumentNotFound,
    PersistedQueryNotFound,
    PersistedQueryNotSupported,
)

_KINDS: tuple[type[GatewayError], ...] = (
    BadInput, Conflict, DocumentNotTrusted, Forbidden, Internal, NotFound, RateLimited, Unauthenticated,
    PersistedDocumentNotFound, PersistedQueryNotFound, PersistedQueryNotSupported,
    UpstreamInvalid, UpstreamTimeout, UpstreamUnavailable,
)  # fmt: skip
_BY_CODE = {kind.code: kind.http_status for kind in _KINDS}


def status_of(body: dict[str, Any], media_type: str, *, json_named: bool = False) -> int:
    """200 where there is something to read; else the first error's status (400 for GraphQL's own errors).

    ``json_named``: the caller has named ``application/json``.
    """
    errors = body.get("errors")
    if not errors:
        return 200
    if json_named and errors[0]["extensions"]["code"] in (PARSE_FAILED, VALIDATION_FAILED):
        return 200
    data = body.get("data")
    readable = data is not None if media_type == RESPONSE_JSON else _holds_a_value(data)
    return 200 if readable else _of(errors[0])


def with_error_text(body: dict[str, Any]) -> dict[str, Any]:
    """The body of a 4xx or 5xx with the first message as ``error`` too, where fxn 0.0.24 to 0.0.32 look for it."""
    return {**body, "error": body["errors"][0]["message"]}


def wants_error_text(user_agent: bytes) -> bool:
    """Whether the caller may be one of these. The specification allows no ``error``, so nobody else is sent one."""
    return user_agent.startswith(b"python-requests/")


def _holds_a_value(data: Any) -> bool:
    """Whether anything in ``data`` is not null; an empty list is a value."""
    pending = [data]
    while pending:
        found = pending.pop()
        if found and isinstance(found, dict):
            pending.extend(found.values())
        elif found and isinstance(found, list):
            pending.extend(found)
        elif found is not None:
            return True
    return False


def _of(error: dict[str, Any]) -> int:
    return _BY_CODE.get(error["extensions"]["code"], 400)
