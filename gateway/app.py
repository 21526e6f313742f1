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

from gateway import __version__
from gateway.auth.authenticators import check_order, kept_chain
from gateway.auth.revoked import Revoked
from gateway.http.contexts import Contexts
from gateway.http.cross_site import cross_origin
from gateway.http.cut_off import CutOff
from gateway.http.engine import Engine
from gateway.http.generations import GRAPH, Generation, Generations
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
from gateway.observability import Telemetry, telemetry_of
from gateway.parts import Parts
from gateway.reloading.reloader import Reloader
from gateway.settings import Settings
from gateway.store.interface import Store
from gateway.store.opening import open_store
from gateway.upstreams.clients import Upstreams
from gateway.upstreams.http import new_session
from schema import build_schema


def create_app(settings: Settings, reloader: Reloader | None = None) -> ASGIApp:
    """The ASGI application. Raises ``SettingsError`` for an authenticator that is not there, or a wrong twin.

    It starts whether or not the upstreams are up; they are asked when they are needed. With a ``reloader`` its settings
    change while it runs: each request belongs to the settings that it began with.
    """
    lasting = _Lasting(build_schema(), open_store(settings), telemetry_of(settings, __version__))
    store, telemetry = lasting.store, lasting.telemetry
    first = [_prepared(lasting, settings)]  # gone when it serves: only its requests hold a generation

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        async with new_session() as session, store, Revoked(store) as revoked, AsyncExitStack() as stack:
            generations.begin(first.pop().on(session, revoked))

            async def renew(settings: Settings) -> None:
                prepared = await asyncio.to_thread(_prepared, lasting, settings, generations.current.parts)
                generations.begin(prepared.on(session, revoked))

            state: dict[str, Any] = {
                "store": store,
                "sockets": Sockets(),
                "streams": Streams(),
                "shutting_down": False,
                "reloader": reloader,
            }
            if telemetry is not None:
                await stack.enter_async_context(telemetry.running())
                looking = looked_at(telemetry, current, state["sockets"], store, rejected)
                state |= await stack.enter_async_context(looking)
            if reloader is not None:
                await stack.enter_async_context(reloader.running(renew))
            yield state

    def current() -> Generation:
        return generations.current

    def rejected() -> bool:
        return reloader is not None and reloader.rejected

    sockets = WebSocketRoute(GRAPH, WebSocketEndpoint(current))
    generations = Generations(Starlette(routes=[sockets], lifespan=lifespan))
    whole = CutOff(generations)
    return whole if telemetry is None else ObservedRequests(whole, telemetry)


@dataclass(frozen=True)
class _Lasting:
    """What all generations have in common."""

    schema: strawberry.Schema
    store: Store
    telemetry: Telemetry | None


@dataclass(frozen=True)
class _Prepared:
    """A generation but for what needs the session: made in a thread, since it takes a tenth of a second."""

    lasting: _Lasting
    settings: Settings
    parts: Parts
    engine: Engine
    others: ASGIApp

    def on(self, session: aiohttp.ClientSession, revoked: Revoked) -> Generation:
        """Raises ``SettingsError`` for an authenticator that cannot be made."""
        settings, parts, store = self.settings, self.parts, self.lasting.store
        upstreams = Upstreams(settings, session, self.lasting.telemetry, store, parts)
        chain = kept_chain(settings, session, parts, revoked if store.shared else None)
        contexts = Contexts(settings, upstreams, chain, self.engine.callers)
        graph = cross_origin(GraphEndpoint(self.engine, contexts, settings), settings.allowed_origins)
        return Generation(settings, graph, self.others, self.engine, contexts, upstreams, parts)


def _prepared(lasting: _Lasting, settings: Settings, before: Parts | None = None) -> _Prepared:
    check_order(settings)
    parts = Parts(before)
    engine = _engine(lasting, settings, parts)
    routes: list[BaseRoute] = [
        Route("/", Page("index.html")),
        Route(ENDPOINT_STREAM, EndpointStream(settings)),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Mount("/page", PageFiles()),
        sdl_route(lasting.schema),
    ]
    telemetry = lasting.telemetry
    if telemetry is not None and telemetry.metrics is not None:
        routes.append(Route("/metrics", MetricsPage(telemetry.metrics, settings.metrics).answer))
    routes += rest_routes(engine, settings, routes)
    shown = [route for route in routes if settings.page_on or getattr(route, "path", "") not in PATHS]
    others = SecurityHeaders(cross_origin(Starlette(routes=shown), settings.allowed_origins))
    return _Prepared(lasting, settings, parts, engine, others)


def _engine(lasting: _Lasting, settings: Settings, parts: Parts) -> Engine:
    if lasting.telemetry is None:
        return Engine(lasting.schema, settings, lasting.store, parts)
    return ObservedEngine(lasting.schema, settings, lasting.telemetry, lasting.store, parts)
