"""The ASGI application whose settings can change: each request is served by one generation, from its begin to its end.

A generation is what is made of the settings, and never changes. The current one takes every request that begins. Those
before it are held by nothing but the requests that still run in them, so they are gone when these have ended (of the
last request on a connection, the server keeps ``contexts`` and ``upstreams``, which are small, until the next one). All
share the session with its connections, and there is nothing to close.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.http.contexts import Contexts
from gateway.http.engine import Engine
from gateway.parts import Parts
from gateway.settings import Settings
from gateway.upstreams.clients import Upstreams

GRAPH = "/graph"


@dataclass(frozen=True, eq=False)
class Generation:
    """``graph`` answers ``/graph`` by HTTP: most requests, which need no router. ``others`` answers all else of HTTP,
    and finds ``contexts`` and ``upstreams`` in the scope's state. ``parts`` may outlive it."""

    settings: Settings
    graph: ASGIApp
    others: ASGIApp
    engine: Engine
    contexts: Contexts
    upstreams: Upstreams
    parts: Parts


class Generations:
    """HTTP goes to the ``current`` generation, all else to ``lasting``: the lifespan, and sockets, which choose anew
    for each operation."""

    current: Generation

    def __init__(self, lasting: ASGIApp) -> None:
        self._lasting = lasting

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self._lasting(scope, receive, send)
        generation = self.current
        if scope["path"] == GRAPH:
            return generation.graph(scope, receive, send)
        scope["state"].update(contexts=generation.contexts, upstreams=generation.upstreams)
        return generation.others(scope, receive, send)

    def begin(self, generation: Generation) -> None:
        """What begins from now on is served by this one. In force at once: there is no step in which both are."""
        before = getattr(self, "current", None)
        generation.parts.settle()
        if before is not None:
            before.engine.succeeded_by(generation.engine)
        self.current = generation
