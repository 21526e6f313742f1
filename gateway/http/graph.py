"""``/graph``: GraphQL over HTTP by POST and GET, and the page by GET from a browser.

Source: GraphQL over HTTP (draft of 2025). Each step gives what is there at once, and something to wait for only where
there is (graphql-core's ``AwaitableOrValue``): most requests have nothing to wait for, or one thing.
"""

from __future__ import annotations

import asyncio
import logging
import time

import msgspec
import structlog
from graphql.pyutils import AwaitableOrValue
from starlette.types import Receive, Scope, Send

from gateway.context import Context
from gateway.errors import BadInput, GatewayError
from gateway.http.accept import JSON, Accepted, accepted
from gateway.http.attendance import while_connected
from gateway.http.contexts import Contexts, new_request_id
from gateway.http.cross_site import require_preflight
from gateway.http.documents import Prepared, Refused
from gateway.http.engine import Body, Engine, Response, refusal
from gateway.http.exchange import (
    CLIENT_LEFT,
    OPERATION,
    ClientLeft,
    WrongMediaType,
    body_at_hand,
    media_type,
    raw_header,
    read_body,
    send_whole,
)
from gateway.http.graph_answer import NOBODY, Answer, WrongMethod, answer_of, answer_with, failed
from gateway.http.multipart import MULTIPART_FORM, read_multipart
from gateway.http.operation import Operation, Operations, operation_in_url
from gateway.http.security_headers import secured
from gateway.http.streams.forms import Forms
from gateway.http.streams.sending import Stream, Streams
from gateway.http.web_page import send_page
from gateway.settings import Settings
from gateway.settled import settled
from gateway.ticker import Ticker

Asked = Operation | list[Operation]
"""One operation, or a batch."""
Given = Response | Answer | Stream
"""What a request gives."""


class NotAcceptable(BadInput):
    """The caller can read nothing that the gateway could answer."""

    http_status = 406


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
            given = self._run(asked, context, scope, accept)
            if not isinstance(given, (Response, Answer, Stream)):
                given = await while_connected(receive, given, self._ticker)
            answer = answer_of(given, request_id, scope, accept) if isinstance(given, Response) else given
        except Exception as error:
            answer = failed(error, request_id, scope)
        if isinstance(answer, Stream):
            status = await _relay(answer, scope, receive, send, request_id)
        else:
            status = answer.status
            if answer is not NOBODY:
                fields = answer.fields(accept.json or JSON, request_id)
                await send_whole(scope, send, status, fields, answer.content)
        if self._logs_requests:
            duration_s = round(time.perf_counter() - started_s, 6)
            operation = scope.get(OPERATION)
            self._log.info("request", request_id=request_id, status=status, duration_s=duration_s, operation=operation)

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

    def _named(self, scope: Scope) -> Operation:
        """The operation that the URL of a GET names."""
        if scope["method"] != "GET":
            raise WrongMethod("Send a POST or a GET.", "GET, POST")
        if self._settings.require_preflight_on_get:
            require_preflight(scope)
        return operation_in_url(scope["query_string"])

    async def _read(self, scope: Scope, receive: Receive) -> Asked:
        return self._operations.of(await read_body(scope, receive, self._settings))

    def _run(self, asked: Asked, context: Context, scope: Scope, accept: Accepted) -> AwaitableOrValue[Given]:
        if isinstance(asked, list):
            return self._batch(asked, scope, context.request_id, accept)
        prepared = self._engine.known(asked)
        if prepared is None:
            return self._prepare(asked, context, scope, accept)
        return self._execute(prepared, context, scope, accept)

    async def _prepare(self, asked: Operation, context: Context, scope: Scope, accept: Accepted) -> Given:
        try:
            prepared = await self._engine.prepare(asked, context)
        except (Refused, BadInput) as refused:
            body = refusal(refused, context.request_id)
            return self._forms.refused(body) if accept.events else answer_with(body, scope, accept)
        return await settled(self._execute(prepared, context, scope, accept))

    def _execute(self, prepared: Prepared, context: Context, scope: Scope, accept: Accepted) -> AwaitableOrValue[Given]:
        scope[OPERATION] = prepared.executable.kind_name
        if scope["method"] == "GET":
            _check_safe(prepared)
        if accept.events or accept.multipart:
            return self._stream(prepared, context, accept)
        _check_kind(prepared)
        return self._engine.respond(prepared, context)

    async def _stream(self, prepared: Prepared, context: Context, accept: Accepted) -> Stream | Response:
        stream = await self._forms.stream(prepared, context, accept)
        if stream is not None:
            return stream
        _check_kind(prepared)
        return await settled(self._engine.respond(prepared, context))

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


def _check_safe(prepared: Prepared) -> None:
    if not (prepared.is_query or prepared.is_subscription):
        raise WrongMethod("A mutation needs a POST.", "POST")


def _check_kind(prepared: Prepared) -> None:
    if prepared.is_subscription:
        raise BadInput("A subscription needs a WebSocket, or `Accept: text/event-stream`.")


async def _relay(stream: Stream, scope: Scope, receive: Receive, send: Send, request_id: str) -> int:
    streams: Streams = scope["state"]["streams"]
    try:
        await while_connected(receive, streams.send(stream, secured(send), request_id))
    except ClientLeft:
        return CLIENT_LEFT
    return 200
