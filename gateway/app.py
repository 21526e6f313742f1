"""Puts everything together: the only file that knows everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp

from gateway import __version__
from gateway.auth.authenticators import chain, check_order
from gateway.auth.revoked import Revoked
from gateway.http.contexts import Contexts
from gateway.http.cross_site import cross_origin
from gateway.http.cut_off import CutOff
from gateway.http.engine import Engine
from gateway.http.front import GRAPH, Front
from gateway.http.graph import GraphEndpoint
from gateway.http.health import healthz, readyz
from gateway.http.observed.engine import ObservedEngine
from gateway.http.observed.gauges import looked_at
from gateway.http.observed.page import MetricsPage
from gateway.http.observed.requests import ObservedRequests
from gateway.http.rest.endpoint_stream import PATH as ENDPOINT_STREAM
from gateway.http.rest.endpoint_stream import EndpointStream
from gateway.http.rest.mounting import rest_routes
from gateway.http.sdl import sdl_route
from gateway.http.security_headers import SecurityHeaders
from gateway.http.streams.sending import Streams
from gateway.http.transport_ws.endpoint import Sockets, WebSocketEndpoint
from gateway.http.web_page import PATHS, Page, PageFiles
from gateway.observability import telemetry_of
from gateway.settings import Settings
from gateway.store.opening import open_store
from gateway.upstreams.clients import Upstreams
from gateway.upstreams.http import new_session
from schema import build_schema


def create_app(settings: Settings) -> ASGIApp:
    """The ASGI application. Raises ``SettingsError`` for an authenticator that is not there, or a wrong twin.

    It starts whether or not the upstreams are up; they are asked when they are needed."""
    check_order(settings)
    schema = build_schema()
    store = open_store(settings)
    telemetry = telemetry_of(settings, __version__)
    engine = (
        Engine(schema, settings, store) if telemetry is None else ObservedEngine(schema, settings, store, telemetry)
    )
    graph = GraphEndpoint(engine, settings)

    routes: list[BaseRoute] = [
        Route("/", Page("index.html")),
        WebSocketRoute(GRAPH, WebSocketEndpoint(engine, settings)),
        Route(ENDPOINT_STREAM, EndpointStream(settings)),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Mount("/page", PageFiles()),
        sdl_route(schema),
    ]
    if telemetry is not None and telemetry.metrics is not None:
        routes.append(Route("/metrics", MetricsPage(telemetry.metrics, settings.metrics).answer))
    routes += rest_routes(engine, settings, routes)
    shown = [route for route in routes if settings.page_on or getattr(route, "path", "") not in PATHS]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        async with new_session() as session, store, Revoked(store) as revoked, AsyncExitStack() as stack:
            upstreams = Upstreams(settings, session, telemetry, store)
            state: dict[str, Any] = {
                "upstreams": upstreams,
                "contexts": Contexts(
                    settings, upstreams, chain(settings, session, revoked if store.shared else None), engine.callers
                ),
                "store": store,
                "sockets": Sockets(settings.websocket.max_sockets_per_address),
                "streams": Streams(),
                "shutting_down": False,
            }
            if telemetry is not None:
                await stack.enter_async_context(telemetry.running())
                looking = looked_at(telemetry, engine, upstreams, state["sockets"], store)
                state |= await stack.enter_async_context(looking)
            yield state

    app = Front(graph, Starlette(routes=shown, lifespan=lifespan))
    whole = SecurityHeaders(CutOff(cross_origin(app, settings.allowed_origins)))
    return whole if telemetry is None else ObservedRequests(whole, telemetry)
