"""From a GraphQL response to a REST answer: the root field's value alone, or an error with its status.

Errors have both forms that the vendor's clients read: ``error`` until February 2024 (fxn 0.0.28), then ``errors``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from gateway.errors import BadInput, GatewayError, NotFound
from gateway.http.engine import Body
from gateway.http.errors import VALIDATION_FAILED, described
from gateway.http.exchange import retry_after
from gateway.http.rest.routes import NotAllowed
from gateway.http.rest.shapes import SHAPES
from gateway.http.rest.twin import Twin
from gateway.http.status import status_of, with_error_text

PARTIAL = "x-errors"
_MAX_SHOWN = 10
_VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at ([^:]*))?: ")


@dataclass(frozen=True)
class Answer:
    """What leaves: JSON with a status, and header fields in lower case."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


def answer_of(twin: Twin, response: Body, request_id: str) -> Answer:
    """The answer of a twin whose document gave ``response``."""
    value = _unwrapped(twin, response.get("data"))
    errors = response.get("errors")
    if value is None and errors:
        return _refused(status_of({"errors": errors}, ""), [_without_place(error) for error in errors])
    if value is None and twin.reads:
        return refused(NotFound("There is no such thing."), request_id)
    shaped = value if twin.header.shape is None or value is None else SHAPES[twin.header.shape].apply(value)
    return Answer(200, shaped, {PARTIAL: _summary(errors)} if errors else {})


def refused(error: GatewayError, request_id: str) -> Answer:
    """The answer to a request that did not get as far as the document."""
    answer = _refused(error.http_status, [described(error, request_id)])
    if isinstance(error, NotAllowed):
        answer.headers["allow"] = ", ".join(error.methods)
    return answer


def _refused(status: int, errors: list[dict[str, Any]]) -> Answer:
    headers = {}
    # Not Basic, though it is accepted: browsers would open a dialogue of their own.
    if status == 401:
        headers["www-authenticate"] = 'Bearer realm="fngraph"'
    retry_after_s = errors[0]["extensions"].get("retryAfter")
    if retry_after_s is not None:
        headers["retry-after"] = retry_after(retry_after_s)
    return Answer(status, with_error_text({"errors": errors}), headers)


def _unwrapped(twin: Twin, data: Any) -> Any:
    value = data
    for name in (twin.root, *twin.header.unwrap):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _without_place(error: dict[str, Any]) -> dict[str, Any]:
    """An error without its place in a document that the caller does not see.

    The document is valid, so an error before its execution is one of the variables.
    """
    extensions = error["extensions"]
    if extensions["code"] != VALIDATION_FAILED:
        return {"message": error["message"], "extensions": extensions}
    message = _VARIABLE.sub(lambda found: f"`{found[1]}{found[2] or ''}`: ", error["message"])
    return {"message": message, "extensions": {**extensions, "code": BadInput.code}}


def _summary(errors: list[dict[str, Any]]) -> str:
    """Which members are null because they failed: JSON in ASCII, for a header."""
    shown = [{"path": error.get("path"), "code": error["extensions"]["code"]} for error in errors[:_MAX_SHOWN]]
    return msgspec.json.encode(shown).decode()
