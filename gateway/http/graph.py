"""``/graph``: GraphQL over HTTP by POST and GET, and the page by GET from a browser.

Source: GraphQL over HTTP (draft of 2025).
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.types import Receive, Scope, Send

from gateway.context import Context
from gateway.errors import BadInput, GatewayError
from gateway.http.accept import JSON, Accepted, accepted
from gateway.http.attendance import Attendance, while_connected
from gateway.http.contexts import Contexts, new_request_id
from gateway.http.cross_site import require_preflight
from gateway.http.documents import Prepared, Refused
from gateway.http.engine import Body, Engine, refusal
from gateway.http.errors import public_failure
from gateway.http.exchange import (
    CLIENT_LEFT,
    OPERATION,
    ClientLeft,
    WrongMediaType,
    header,
    media_type,
    retry_after,
    send_json,
    whole_body,
)
from gateway.http.multipart import MULTIPART_FORM, read_multipart
from gateway.http.operation import Operation, Operations, operation_in_url
from gateway.http.status import status_of, wants_error_text, with_error_text
from gateway.http.streams.forms import Forms
from gateway.http.streams.sending import Stream, Streams
from gateway.http.web_page import send_page
from gateway.settings import Settings
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


@dataclass(slots=True)
class Answer:
    """What leaves: JSON (bytes, where it is encoded already) with a status, and further header fields in lower case."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class GraphEndpoint:
    """The ASGI application of ``/graph``. The lifespan's state holds ``contexts``."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._forms = Forms(engine, settings)
        self._page_on = settings.page_on
        self._operations = Operations(settings.limits.max_batch)
        self._ticker = Ticker()
        self._log = structlog.get_logger("fngraph.graph").bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accept = ",".join(header(scope, b"accept"))
        if self._page_on and scope["method"] in ("GET", "HEAD") and "text/html" in accept.lower():
            await send_page(scope, receive, send)
            return
        request_id = new_request_id()
        started_s = time.perf_counter()
        status = await self._serve(scope, receive, send, accepted(accept), request_id)
        duration_s = round(time.perf_counter() - started_s, 6)
        operation = scope.get(OPERATION)
        self._log.info("request", request_id=request_id, status=status, duration_s=duration_s, operation=operation)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, accept: Accepted, request_id: str) -> int:
        """Answer, and give the status."""
        try:
            answer = await self._answer(scope, receive, accept, request_id)
        except GatewayError as error:
            headers = {"allow": error.allow} if isinstance(error, WrongMethod) else {}
            answer = Answer(error.http_status, refusal(error, request_id), headers)
        except ClientLeft:
            return CLIENT_LEFT
        except Exception as error:
            failure = public_failure(error, request_id)
            answer = Answer(failure.http_status, refusal(failure, request_id))
        if isinstance(answer, Stream):
            return await self._relay(answer, scope, receive, send, request_id)
        body = answer.body
        if answer.status >= 400 and wants_error_text("".join(header(scope, b"user-agent"))):
            body = with_error_text(body)
        headers = {"x-request-id": request_id, **_retry_after(body), **answer.headers}
        await send_json(send, answer.status, body, accept.json or JSON, headers)
        return answer.status

    async def _relay(self, stream: Stream, scope: Scope, receive: Receive, send: Send, request_id: str) -> int:
        streams: Streams = scope["state"]["streams"]
        try:
            await while_connected(receive, streams.send(stream, send, request_id))
        except ClientLeft:
            return CLIENT_LEFT
        return 200

    async def _answer(self, scope: Scope, receive: Receive, accept: Accepted, request_id: str) -> Answer | Stream:
        if accept.nothing:
            raise NotAcceptable("The answer is application/graphql-response+json or application/json.")
        with Attendance(receive, self._settings.body_timeout_s, self._ticker) as attendance:
            contexts: Contexts = scope["state"]["contexts"]
            context = await contexts.of(scope, request_id)
            try:
                operations = await self._posted(scope, receive) if scope["method"] == "POST" else self._named(scope)
            except GatewayError:
                context.account.charge_refused()
                raise
            attendance.read()
            if isinstance(operations, Operation):
                return await self._run(operations, context, scope, accept)
            return await self._batch(operations, scope, request_id, accept)

    async def _run(self, operation: Operation, context: Context, scope: Scope, accept: Accepted) -> Answer | Stream:
        try:
            prepared = await self._engine.prepare(operation, context)
        except (Refused, BadInput) as refused:
            body = refusal(refused, context.request_id)
            return self._forms.refused(body) if accept.events else _with_status(body, accept)
        scope[OPERATION] = prepared.executable.kind_name
        _check_method(prepared, scope["method"])
        if accept.events or accept.multipart:
            stream = await self._forms.stream(prepared, context, accept)
            if stream is not None:
                return stream
        _check_kind(prepared)
        response = await self._engine.respond(prepared, context)
        if response.flawless:
            return Answer(200, response.content)
        return _with_status(response.body(context.request_id), accept)

    def _named(self, scope: Scope) -> Operation:
        """The operation that the URL of a GET names."""
        if scope["method"] != "GET":
            raise WrongMethod("Send a POST or a GET.", "GET, POST")
        if self._settings.require_preflight_on_get:
            require_preflight(scope)
        return operation_in_url(scope["query_string"])

    async def _posted(self, scope: Scope, receive: Receive) -> Operation | list[Operation]:
        match media_type(scope):
            case (kind, "" | "utf-8") if kind == JSON:
                body = await whole_body(scope, receive, self._settings.max_body_bytes)
                return self._operations.of(body)
            case (kind, _) if kind == MULTIPART_FORM:
                return await read_multipart(scope, receive, self._settings)
        raise WrongMediaType("The body must be application/json, in UTF-8.")

    async def _batch(self, operations: list[Operation], scope: Scope, request_id: str, accept: Accepted) -> Answer:
        """Each operation by itself, side by side, as if each were a request; the answers are in their order."""
        scope[OPERATION] = "batch"
        if accept.events:
            raise BadInput("The operations of a batch cannot be answered as events.")
        contexts: Contexts = scope["state"]["contexts"]

        async def answer(operation: Operation) -> Body:
            try:
                context = await contexts.of(scope, request_id)
                prepared = await self._engine.prepare(operation, context)
                _check_kind(prepared)
                return await self._engine.execute(prepared, context)
            except (Refused, GatewayError) as refused:
                return refusal(refused, request_id)

        return Answer(200, await asyncio.gather(*map(answer, operations)))


def _with_status(body: Body, accept: Accepted) -> Answer:
    return Answer(status_of(body, accept.json or JSON, json_named=accept.json_named), body)


def _check_method(prepared: Prepared, method: str) -> None:
    if method == "GET" and not (prepared.is_query or prepared.is_subscription):
        raise WrongMethod("A mutation needs a POST.", "POST")


def _check_kind(prepared: Prepared) -> None:
    if prepared.is_subscription:
        raise BadInput("A subscription needs a WebSocket, or `Accept: text/event-stream`.")


def _retry_after(body: Any) -> dict[str, str]:
    """The header for an answer that failed for a while only."""
    errors = body.get("errors") if isinstance(body, dict) else None
    seconds = errors[0]["extensions"].get("retryAfter") if errors else None
    return {} if seconds is None else {"retry-after": retry_after(seconds)}
