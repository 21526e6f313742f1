"""Puts everything together: the only file that knows everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import strawberry
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp

from gateway.auth.authenticators import check_order, kept_chain
from gateway.http.contexts import Contexts
from gateway.http.cross_site import cross_origin
from gateway.http.cut_off import CutOff
from gateway.http.engine import Engine
from gateway.http.front import GRAPH, Front
from gateway.http.generations import Generation, Generations
from gateway.http.graph import GraphEndpoint
from gateway.http.health import healthz, readyz
from gateway.http.rest.endpoint_stream import EndpointStream
from gateway.http.rest.mounting import rest_routes
from gateway.http.sdl import sdl_route
from gateway.http.security_headers import SecurityHeaders
from gateway.http.streams.sending import Streams
from gateway.http.transport_ws.endpoint import Sockets, WebSocketEndpoint
from gateway.http.web_page import PATHS, Page, PageFiles
from gateway.parts import Parts
from gateway.reloading import Reloader
from gateway.settings import Settings
from gateway.upstreams.clients import Upstreams
from gateway.upstreams.http import new_session
from schema import build_schema


def create_app(settings: Settings, reloader: Reloader | None = None) -> ASGIApp:
    """The ASGI application. Raises ``SettingsError`` for an authenticator that is not there, or a wrong twin.

    It starts whether or not the upstreams are up; they are asked when they are needed. With a ``reloader`` its settings
    change while it runs: each request belongs to the settings that it began with.
    """
    schema = build_schema()
    first = [_prepared(schema, settings)]  # and gone when it serves: nothing holds a generation but its requests

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        async with new_session() as session, AsyncExitStack() as cleanup:
            generations.begin(first.pop().on(session))

            async def renew(settings: Settings) -> None:
                prepared = await asyncio.to_thread(_prepared, schema, settings, generations.current.parts)
                generations.begin(prepared.on(session))

            if reloader is not None:
                await cleanup.enter_async_context(reloader.running(renew))
            yield {"sockets": Sockets(), "streams": Streams(), "shutting_down": False, "reloader": reloader}

    sockets = WebSocketRoute(GRAPH, WebSocketEndpoint(lambda: generations.current))
    generations = Generations(Starlette(routes=[sockets], lifespan=lifespan))
    return SecurityHeaders(CutOff(generations))


@dataclass(frozen=True)
class _Prepared:
    """A generation but for what needs the session: made in a thread, since it takes a tenth of a second."""

    settings: Settings
    parts: Parts
    engine: Engine
    app: ASGIApp

    def on(self, session: aiohttp.ClientSession) -> Generation:
        """Raises ``SettingsError`` for an authenticator that cannot be made."""
        settings, parts = self.settings, self.parts
        upstreams = Upstreams(settings, session, parts)
        contexts = Contexts(settings, upstreams, kept_chain(settings, session, parts), self.engine.callers)
        return Generation(settings, self.app, self.engine, contexts, upstreams, parts)


def _prepared(schema: strawberry.Schema, settings: Settings, before: Parts | None = None) -> _Prepared:
    check_order(settings)
    parts = Parts(before)
    engine = Engine(schema, settings, parts)
    routes: list[BaseRoute] = [
        Route("/", Page("index.html")),
        Route("/deployments/{id}/stream/{route:path}", EndpointStream(settings)),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Mount("/page", PageFiles()),
        sdl_route(schema),
    ]
    routes += rest_routes(engine, settings, routes)
    shown = [route for route in routes if settings.page_on or getattr(route, "path", "") not in PATHS]
    app = Front(GraphEndpoint(engine, settings), Starlette(routes=shown))
    return _Prepared(settings, parts, engine, cross_origin(app, settings.allowed_origins))
