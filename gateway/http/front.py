"""The first step of every request: ``/graph`` by HTTP goes straight to its endpoint, all else through the routes."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

GRAPH = "/graph"


class Front:
    """The ASGI application. Most requests are for ``/graph``: they need no router, and answer their own failures."""

    def __init__(self, graph: ASGIApp, others: ASGIApp) -> None:
        self._graph = graph
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for_graph = scope["type"] == "http" and scope["path"] == GRAPH
        await (self._graph if for_graph else self._others)(scope, receive, send)
