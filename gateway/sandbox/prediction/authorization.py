"""A receiver of custom authorization, as an owner of predictors would run it (docs.fxn.ai, "Custom Auth").

``POST /authorize`` with ``{"tag", "accessKey"}``: 200 lets the prediction pass, a body with ``error`` refuses it and
the text is for the caller. This one knows a single subscriber. The organization ``samplefxn`` names it in its record.
"""

from __future__ import annotations

import msgspec
from aiohttp import web

from gateway.sandbox.prediction.errors import Route
from gateway.sandbox.prediction.inputs import body_as

AUTHORIZATION_PATH = "/authorize"
SUBSCRIBER_KEY = "letmein"


class AuthorizationRequest(msgspec.Struct, rename="camel"):
    tag: str
    access_key: str


async def authorize(request: web.Request) -> web.StreamResponse:
    asked = await body_as(request, AuthorizationRequest)
    if asked.access_key == SUBSCRIBER_KEY:
        return web.json_response({})
    return web.json_response({"error": "This access key has no subscription 🙃"}, status=401)


AUTHORIZATION_ROUTES: list[Route] = [("POST", AUTHORIZATION_PATH, authorize)]
