"""``/graph``: GraphQL by POST, the page by GET from a browser."""

from __future__ import annotations

import time
from typing import Any

import structlog
from starlette.types import Receive, Scope, Send

from gateway.errors import BadInput, GatewayError
from gateway.http.contexts import new_request_id
from gateway.http.engine import Engine
from gateway.http.errors import described
from gateway.http.exchange import header, read_operation, send_json
from gateway.http.multipart import is_multipart, read_multipart
from gateway.http.status import RESPONSE_JSON, status_of, wants_error_text, with_error_text
from gateway.http.web_page import send_page
from gateway.settings import Settings

log = structlog.get_logger("fngraph.graph")

ALLOW = {"allow": "GET, POST"}


class GraphEndpoint:
    """The ASGI application of ``/graph``. The lifespan's state holds ``contexts``."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        accept = ",".join(header(scope, b"accept")).lower()
        if scope["method"] in ("GET", "HEAD") and "text/html" in accept:
            await send_page(scope, receive, send)
            return
        request_id = new_request_id()
        started_s = time.perf_counter()
        media_type = RESPONSE_JSON if RESPONSE_JSON in accept else "application/json"
        headers = {"x-request-id": request_id}
        if scope["method"] == "POST":
            status, body = await self._answer(scope, receive, request_id, media_type)
        else:
            status, body = 405, {"errors": [described(BadInput("Send a POST."), request_id)]}
            headers |= ALLOW
        if status >= 400 and wants_error_text("".join(header(scope, b"user-agent"))):
            body = with_error_text(body)
        await send_json(send, status, body, media_type, headers)
        log.info("request", request_id=request_id, status=status, duration_s=round(time.perf_counter() - started_s, 6))

    async def _answer(
        self, scope: Scope, receive: Receive, request_id: str, media_type: str
    ) -> tuple[int, dict[str, Any]]:
        try:
            context = await scope["state"]["contexts"].open(request_id, header(scope, b"authorization"))
            if is_multipart(scope):
                operation = await read_multipart(scope, receive, self._settings)
            else:
                operation = await read_operation(scope, receive, self._settings.max_body_bytes)
        except GatewayError as error:
            return error.http_status, {"errors": [described(error, request_id)]}
        body = await self._engine.execute(operation, context)
        return status_of(body, media_type), body
