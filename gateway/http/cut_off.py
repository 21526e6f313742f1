"""What still runs when the time of a shutdown is over: it is cancelled, and its caller is told."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import Internal
from gateway.http.accept import JSON
from gateway.http.contexts import new_request_id
from gateway.http.engine import refusal
from gateway.http.exchange import send_json
from gateway.http.security_headers import secured

log = structlog.get_logger("fngraph.shutdown")


class ShuttingDown(Internal):
    """There was no time left for it; another gateway may have some."""

    http_status = 503
    retryable = True


class CutOff:
    """The ASGI application ``app``. A request that is cancelled gets 503, unless its answer has begun: that breaks off.

    uvicorn answers 500 with a text of its own, and logs where it was.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if scope["type"] == "lifespan":
                raise
            request_id = new_request_id()
            log.warning("cut off", request_id=request_id, path=scope["path"])
            if scope["type"] == "http":
                await _refuse(scope, send, request_id)


async def _refuse(scope: Scope, send: Send, request_id: str) -> None:
    error = ShuttingDown("The gateway is shutting down.")
    with contextlib.suppress(RuntimeError):  # what uvicorn raises for an answer that has begun
        await send_json(
            scope, secured(send), error.http_status, refusal(error, request_id), JSON, {"x-request-id": request_id}
        )
