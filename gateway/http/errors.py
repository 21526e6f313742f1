"""The one exit for errors: what is public leaves, the rest is in the log under the same ``requestId``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from graphql import GraphQLError, GraphQLSyntaxError

from gateway.errors import GatewayError, Internal

log = structlog.get_logger("fngraph.errors")

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"


TOO_MANY_ERRORS = "TOO_MANY_ERRORS"


def public_errors(errors: Sequence[GraphQLError], request_id: str, most: int) -> list[dict[str, Any]]:
    """The ``errors[]`` of a response: at most ``most``, and one that says how many there are besides."""
    shown = [public_error(error, request_id) for error in errors[:most]]
    if len(errors) > most:
        extensions = {"code": TOO_MANY_ERRORS, "requestId": request_id}
        shown.append({"message": f"{len(errors) - most} more errors.", "extensions": extensions})
    return shown


def public_error(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """An entry of ``errors[]``: message, locations, path, and ``extensions {code, service, retryable, requestId}``."""
    cause = _cause(error)
    if isinstance(cause, GatewayError):
        entry = described(cause, request_id)
    elif cause is None and error.path is None:
        code = PARSE_FAILED if isinstance(error, GraphQLSyntaxError) else VALIDATION_FAILED
        entry = {"message": error.message, "extensions": {"code": code, "requestId": request_id}}
    else:
        log.error("internal error", request_id=request_id, path=error.path, exc_info=cause or error)
        entry = described(Internal("Internal error."), request_id)
    if error.locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        entry["path"] = error.path
    return entry


def public_failure(error: Exception, request_id: str) -> GatewayError:
    """The error, if it is one of ours; else ``Internal``, and the whole of it in the log."""
    if isinstance(error, GatewayError):
        return error
    log.error("internal error", request_id=request_id, exc_info=error)
    return Internal("Internal error.")


def described(error: GatewayError, request_id: str) -> dict[str, Any]:
    """The public form of one of our own errors, without a place in the document."""
    extensions: dict[str, Any] = {"code": error.code, "retryable": error.retryable, "requestId": request_id}
    if error.service is not None:
        extensions["service"] = error.service
    if error.retry_after_s is not None:
        extensions["retryAfter"] = error.retry_after_s
    return {"message": error.message, "extensions": extensions}


def _cause(error: GraphQLError) -> BaseException | None:
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause
