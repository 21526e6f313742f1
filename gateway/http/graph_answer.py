"""What leaves ``/graph``, unless it is a stream: JSON with a status and header fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from starlette.types import Scope

from gateway.errors import BadInput
from gateway.http.accept import JSON, RESPONSE_JSON, Accepted
from gateway.http.engine import Body, Response, refusal
from gateway.http.errors import public_failure
from gateway.http.exchange import CLIENT_LEFT, ClientLeft, Field, Spelt, content_type, raw_header, retry_after, spelt
from gateway.http.security_headers import FIELDS
from gateway.http.status import status_of, wants_error_text, with_error_text

ALWAYS = {kind: spelt([content_type(kind), *FIELDS]) for kind in (JSON, RESPONSE_JSON)}
"""The header fields that every answer of a media type has."""


class WrongMethod(BadInput):
    """``allow`` names the methods that work."""

    http_status = 405

    def __init__(self, message: str, allow: str) -> None:
        super().__init__(message)
        self.allow = allow


class Answer(msgspec.Struct):
    """``further`` are header fields that not every answer has."""

    status: int
    content: bytes
    further: Sequence[Field] = ()

    def fields(self, media_type: str, request_id: str) -> Iterable[Field]:
        """All header fields."""
        own = ALWAYS[media_type], len(self.content), request_id.encode()
        fields = Spelt(b"%bcontent-length: %d\r\nx-request-id: %b\r\n" % own)
        return [*fields, *self.further] if self.further else fields


NOBODY = Answer(CLIENT_LEFT, b"")
"""The answer when there is nobody to be answered."""


def answer_of(response: Response, request_id: str, scope: Scope, accept: Accepted) -> Answer:
    """The answer that gives a response."""
    return Answer(200, response.content) if response.flawless else answer_with(response.body(request_id), scope, accept)


def answer_with(body: Body, scope: Scope, accept: Accepted) -> Answer:
    """The answer that gives a body with errors."""
    return _told(status_of(body, accept.json or JSON, json_named=accept.json_named), body, scope)


def failed(error: Exception, request_id: str, scope: Scope) -> Answer:
    """The answer to a request that came to nothing."""
    if isinstance(error, ClientLeft):
        return NOBODY
    failure = public_failure(error, request_id)
    answer = _told(failure.http_status, refusal(failure, request_id), scope)
    if isinstance(failure, WrongMethod):
        answer.further = [*answer.further, (b"allow", failure.allow.encode())]
    return answer


def _told(status: int, body: Body, scope: Scope) -> Answer:
    """What failed may have failed for a while only."""
    if status >= 400 and wants_error_text(raw_header(scope, b"user-agent")):
        body = with_error_text(body)
    seconds = body["errors"][0]["extensions"].get("retryAfter")
    further = [] if seconds is None else [(b"retry-after", retry_after(seconds).encode())]
    return Answer(status, msgspec.json.encode(body), further)
