"""``POST /deployments/{id}/stream/{route}``: an endpoint's text as it arrives, for clients without GraphQL.

The body is the JSON object of keyword arguments; ``?method=`` names the method where the route has several. What fails
before the first text is answered as JSON: ``error`` for people, ``errors`` as in ``/graph``. What fails after it closes
the connection before the body's end, so that a client can tell.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any
from urllib.parse import parse_qs

import msgspec
import structlog
from starlette.types import Receive, Scope, Send

from gateway.errors import BadInput, GatewayError, UpstreamTimeout
from gateway.http.attendance import while_connected
from gateway.http.contexts import new_request_id
from gateway.http.errors import described
from gateway.http.exchange import ROUTE, ClientLeft, WrongMediaType, media_type, read_body, send_json
from gateway.settings import Settings
from gateway.settled import settled
from resolvers import deployment as resolve
from resolvers.deployment import Call

PATH = "/deployments/{id}/stream/{route:path}"

log = structlog.get_logger("fngraph.stream")


class WrongMethod(BadInput):
    """Only POST is there."""

    http_status = 405


class EndpointStream:
    """The ASGI application of the route. The lifespan's state holds ``contexts``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._max_stream_s = settings.deployment.max_stream_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = new_request_id()
        started_s = time.perf_counter()
        scope[ROUTE] = PATH
        try:
            context = await settled(scope["state"]["contexts"].of(scope, request_id))
            call = await self._call(scope, receive)
        except GatewayError as error:
            await _refuse(scope, send, error, request_id)
        else:
            texts = resolve.stream(context, call)
            with contextlib.suppress(ClientLeft):
                await while_connected(receive, self._relay(texts, scope, send, request_id))
        log.info("stream", request_id=request_id, duration_s=round(time.perf_counter() - started_s, 6))

    async def _call(self, scope: Scope, receive: Receive) -> Call:
        if scope["method"] != "POST":
            raise WrongMethod("Send a POST.")
        arguments = await self._arguments(scope, receive)
        methods = parse_qs(scope["query_string"].decode("latin-1")).get("method")
        path = scope["path_params"]
        return Call(path["id"], "/" + path["route"], methods[0] if methods else None, arguments)

    async def _arguments(self, scope: Scope, receive: Receive) -> dict[str, Any]:
        """The body; none is the same as ``{}``. Raises ``WrongMediaType``, ``TooLarge`` or ``BadInput``."""
        body = await read_body(scope, receive, self._settings)
        if not body:
            return {}
        if media_type(scope)[0] != "application/json":
            raise WrongMediaType("The body must be application/json.")
        try:
            return msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BadInput("The body must be a JSON object of keyword arguments.") from error

    async def _relay(self, texts: AsyncGenerator[str, None], scope: Scope, send: Send, request_id: str) -> None:
        """Send what comes, at the client's pace, for ``max_stream_s`` at the most."""
        started = False
        try:
            async with asyncio.timeout(self._max_stream_s), aclosing(texts):
                text: str | None = await anext(texts, "")
                await _start(send, request_id)
                started = True
                while text is not None:
                    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
                    text = await anext(texts, None)
                await send({"type": "http.response.body"})
        except (GatewayError, TimeoutError) as failure:
            error = failure if isinstance(failure, GatewayError) else UpstreamTimeout("The stream took too long.")
            if started:
                log.warning("stream broke off", request_id=request_id, code=error.code)
            else:
                await _refuse(scope, send, error, request_id)


async def _start(send: Send, request_id: str) -> None:
    fields = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store", "x-request-id": request_id}
    headers = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


async def _refuse(scope: Scope, send: Send, error: GatewayError, request_id: str) -> None:
    body = {"error": error.message, "errors": [described(error, request_id)]}
    headers = {"x-request-id": request_id} | ({"allow": "POST"} if error.http_status == 405 else {})
    await send_json(scope, send, error.http_status, body, "application/json", headers)
