"""What is seen of each request: outermost, so that nothing of its way is missing."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.http.exchange import OPERATION, ROUTE
from gateway.http.generations import GRAPH
from gateway.observability import Telemetry

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
PAGES = frozenset({"/", "/rest", "/openapi.json", "/schema.graphql"})


class ObservedRequests:
    """The ASGI application ``app``, whose requests are told to ``telemetry``."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._requests = telemetry.requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            with self._requests.socket(scope["headers"]):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind, route = _place(scope["path"])
        with self._requests.http(scope["method"], kind, route, scope["headers"]) as request:

            async def watched(message: Message) -> None:
                if message["type"] == "http.response.start":
                    request.begin(message["status"], _request_id(message))
                await send(message)

            try:
                await self._app(scope, receive, watched)
            finally:
                request.route = scope.get(ROUTE, route)
                request.operation = scope.get(OPERATION)


def _place(path: str) -> tuple[str, str]:
    """The kind of a path, and its template: a word for what is not one of the gateway's own."""
    if path == GRAPH:
        return "graph", path
    if path in PROBES:
        return "probe", path
    if path in PAGES:
        return "page", path
    return ("page", "/page") if path.startswith("/page/") else ("rest", "rest")


def _request_id(message: Message) -> str | None:
    """The gateway's own; a header field of its answer."""
    return next((value.decode() for name, value in message.get("headers", ()) if name == b"x-request-id"), None)
