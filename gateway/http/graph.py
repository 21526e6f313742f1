"""``/graph``: GraphQL over HTTP by POST and GET, and the page by GET from a browser.

Source: GraphQL over HTTP (draft of 2025).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

import msgspec
import structlog
from graphql.pyutils import AwaitableOrValue
from starlette.types import Receive, Scope, Send

from gateway.context import Context
from gateway.errors import BadInput, GatewayError
from gateway.http.accept import JSON, RESPONSE_JSON, Accepted, accepted
from gateway.http.attendance import while_connected
from gateway.http.contexts import Contexts, new_request_id
from gateway.http.cross_site import require_preflight
from gateway.http.documents import Prepared, Refused
from gateway.http.engine import Body, Engine, Response, refusal
from gateway.http.errors import public_failure
from gateway.http.exchange import (
    CLIENT_LEFT,
    OPERATION,
    ClientLeft,
    Field,
    Spelt,
    WrongMediaType,
    body_at_hand,
    content_type,
    media_type,
    raw_header,
    read_body,
    retry_after,
    send_whole,
    spelt,
)
from gateway.http.multipart import MULTIPART_FORM, read_multipart
from gateway.http.operation import Operation, Operations, operation_in_url
from gateway.http.security_headers import FIELDS, secured
from gateway.http.status import status_of, wants_error_text, with_error_text
from gateway.http.streams.forms import Forms
from gateway.http.streams.sending import Stream, Streams
from gateway.http.web_page import send_page
from gateway.settings import Settings
from gateway.settled import settled
from gateway.ticker import Ticker


class WrongMethod(BadInput):
    """``allow`` names the methods that work."""

    http_status = 405

    def __init__(self, message: str, allow: str) -> None:
        super().__init__(message)
        self.allow = allow


class NotAcceptable(BadInput):
    """The caller can read nothing that the gateway could answer."""

    http_status = 406


class Answer(msgspec.Struct):
    """What leaves: JSON with a status, and further header fields."""

    status: int
    content: bytes
    fields: Sequence[Field] = ()


Asked = Operation | list[Operation]
"""One operation, or a batch."""

ALWAYS = {kind: (content_type(kind), *FIELDS) for kind in (JSON, RESPONSE_JSON)}
"""The header fields that every answer of a media type has."""
ALWAYS_SPELT = {kind: spelt(fields) for kind, fields in ALWAYS.items()}

NOBODY = Answer(CLIENT_LEFT, b"")
"""The answer when there is nobody to be answered."""


class GraphEndpoint:
    """The ASGI application of ``/graph``."""

    def __init__(self, engine: Engine, contexts: Contexts, settings: Settings) -> None:
        self._engine = engine
        self._contexts = contexts
        self._settings = settings
        self._forms = Forms(engine, settings)
        self._page_on = settings.page_on
        self._operations = Operations(settings.limits.max_batch)
        self._ticker = Ticker()
        self._log = structlog.get_logger("fngraph.graph").bind()
        self._logs_requests = self._log.is_enabled_for(logging.INFO)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = raw_header(scope, b"accept")
        if self._page_on and scope["method"] in ("GET", "HEAD") and b"text/html" in wanted.lower():
            await send_page(scope, receive, secured(send))
            return
        request_id = new_request_id()
        started_s = time.perf_counter()
        accept = accepted(wanted)
        try:
            if accept.nothing:
                raise NotAcceptable("The answer is application/graphql-response+json or application/json.")
            found = self._contexts.of(scope, request_id)
            context = found if isinstance(found, Context) else await found
            try:
                asked = self._asked(scope, receive)
                if not isinstance(asked, (Operation, list)):
                    asked = await asked
            except GatewayError:
                context.account.charge_refused()
                raise
            answer = await while_connected(receive, self._answer(asked, context, scope, accept), self._ticker)
        except Exception as error:
            answer = _failed(error, request_id, scope)
        if isinstance(answer, Stream):
            status = await self._relay(answer, scope, receive, send, request_id)
        else:
            status = answer.status
            if answer is not NOBODY:
                fields: list[Field] = _fields(accept.json or JSON, len(answer.content), request_id.encode())
                if answer.fields:
                    fields = [*fields, *answer.fields]
                await send_whole(scope, send, status, fields, answer.content)
        if self._logs_requests:
            duration_s = round(time.perf_counter() - started_s, 6)
            operation = scope.get(OPERATION)
            self._log.info("request", request_id=request_id, status=status, duration_s=duration_s, operation=operation)

    async def _relay(self, stream: Stream, scope: Scope, receive: Receive, send: Send, request_id: str) -> int:
        streams: Streams = scope["state"]["streams"]
        try:
            await while_connected(receive, streams.send(stream, secured(send), request_id))
        except ClientLeft:
            return CLIENT_LEFT
        return 200

    def _asked(self, scope: Scope, receive: Receive) -> AwaitableOrValue[Asked]:
        """What the request asks for."""
        if scope["method"] != "POST":
            return self._named(scope)
        kind, charset = media_type(scope)
        if kind == JSON and charset in ("", "utf-8"):
            body = body_at_hand(scope, self._settings)
            return self._operations.of(body) if body is not None else self._read(scope, receive)
        if kind == MULTIPART_FORM:
            return read_multipart(scope, receive, self._settings)
        raise WrongMediaType("The body must be application/json, in UTF-8.")

    async def _read(self, scope: Scope, receive: Receive) -> Asked:
        return self._operations.of(await read_body(scope, receive, self._settings))

    async def _answer(self, asked: Asked, context: Context, scope: Scope, accept: Accepted) -> Answer | Stream:
        if isinstance(asked, list):
            return await self._batch(asked, scope, context.request_id, accept)
        try:
            prepared = self._engine.known(asked) or await self._engine.prepare(asked, context)
        except (Refused, BadInput) as refused:
            body = refusal(refused, context.request_id)
            return self._forms.refused(body) if accept.events else _with_status(body, accept, scope)
        scope[OPERATION] = prepared.executable.kind_name
        if scope["method"] == "GET":
            _check_safe(prepared)
        if accept.events or accept.multipart:
            stream = await self._forms.stream(prepared, context, accept)
            if stream is not None:
                return stream
        _check_kind(prepared)
        given = self._engine.respond(prepared, context)
        response = given if isinstance(given, Response) else await given
        if response.flawless:
            return Answer(200, response.content)
        return _with_status(response.body(context.request_id), accept, scope)

    def _named(self, scope: Scope) -> Operation:
        """The operation that the URL of a GET names."""
        if scope["method"] != "GET":
            raise WrongMethod("Send a POST or a GET.", "GET, POST")
        if self._settings.require_preflight_on_get:
            require_preflight(scope)
        return operation_in_url(scope["query_string"])

    async def _batch(self, operations: list[Operation], scope: Scope, request_id: str, accept: Accepted) -> Answer:
        """Each operation by itself, side by side, as if each were a request; the answers are in their order."""
        scope[OPERATION] = "batch"
        if accept.events:
            raise BadInput("The operations of a batch cannot be answered as events.")

        async def answer(operation: Operation) -> Body:
            try:
                context = await settled(self._contexts.of(scope, request_id))
                prepared = await self._engine.prepare(operation, context)
                _check_kind(prepared)
                return await self._engine.execute(prepared, context)
            except (Refused, GatewayError) as refused:
                return refusal(refused, request_id)

        return Answer(200, msgspec.json.encode(await asyncio.gather(*map(answer, operations))))


def _fields(media_type: str, length: int, request_id: bytes) -> Spelt:
    digits = b"%d" % length
    fields = Spelt((*ALWAYS[media_type], (b"content-length", digits), (b"x-request-id", request_id)))
    own = b"content-length: %b\r\nx-request-id: %b\r\n" % (digits, request_id)
    fields.text = ALWAYS_SPELT[media_type] + own
    return fields


def _failed(error: Exception, request_id: str, scope: Scope) -> Answer:
    if isinstance(error, ClientLeft):
        return NOBODY
    failure = public_failure(error, request_id)
    answer = _told(failure.http_status, refusal(failure, request_id), scope)
    if isinstance(failure, WrongMethod):
        answer.fields = [*answer.fields, (b"allow", failure.allow.encode())]
    return answer


def _with_status(body: Body, accept: Accepted, scope: Scope) -> Answer:
    return _told(status_of(body, accept.json or JSON, json_named=accept.json_named), body, scope)


def _told(status: int, body: Body, scope: Scope) -> Answer:
    """The answer to a request of which something failed, perhaps for a while only."""
    if status >= 400 and wants_error_text(raw_header(scope, b"user-agent")):
        body = with_error_text(body)
    seconds = body["errors"][0]["extensions"].get("retryAfter")
    fields = [] if seconds is None else [(b"retry-after", retry_after(seconds).encode())]
    return Answer(status, msgspec.json.encode(body), fields)


def _check_safe(prepared: Prepared) -> None:
    if not (prepared.is_query or prepared.is_subscription):
        raise WrongMethod("A mutation needs a POST.", "POST")


def _check_kind(prepared: Prepared) -> None:
    if prepared.is_subscription:
        raise BadInput("A subscription needs a WebSocket, or `Accept: text/event-stream`.")
