"""The REST side: the twins at every path that is not the gateway's own, their description, and a page to try them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from gateway.http.engine import Engine
from gateway.http.openapi.document import openapi_document
from gateway.http.rest.endpoint import TwinEndpoint
from gateway.http.rest.folders import load_twins
from gateway.http.web_page import Page
from gateway.settings import Settings

_OWN = ("graph", "rest", "openapi.json")


def rest_routes(engine: Engine, settings: Settings, others: Sequence[BaseRoute]) -> list[BaseRoute]:
    """What comes after the ``others`` of the gateway. Raises ``SettingsError`` that names each wrong twin."""
    paths = [route.path for route in others if isinstance(route, Route | Mount) and "{" not in route.path]
    reserved = frozenset({*_OWN, *(path.split("/")[1] for path in paths)})
    twins = load_twins(engine.schema, settings.twins_folder, reserved)
    document = msgspec.json.encode(openapi_document(twins, engine.schema))

    async def openapi(_: Request) -> Response:
        return Response(document, media_type="application/json", headers={"cache-control": "no-cache"})

    return [
        Route("/openapi.json", openapi),
        Route("/rest", Page("rest.html")),
        Route("/{path:path}", TwinEndpoint(engine, settings, twins)),
    ]
