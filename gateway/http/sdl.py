"""``/schema.graphql``: the schema as SDL, to read and to generate clients from; off with the page."""

from __future__ import annotations

import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "/schema.graphql"


def sdl_route(schema: strawberry.Schema) -> Route:
    """What ``fngraph schema`` prints."""
    text = schema.as_str() + "\n"

    async def sdl(_: Request) -> Response:
        return Response(text, media_type="text/plain", headers={"cache-control": "no-cache"})

    return Route(PATH, sdl)
