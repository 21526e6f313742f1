"""A route: how a request becomes a ``Call``, and what its endpoint returns or raises becomes an answer.

Order: the body is parsed, the caller identified, the body or query held against its form, then the endpoint runs. So
malformed JSON answers 422 to anybody, and a forbidden call never does.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter

from gateway.sandbox.function_admin.syntax import LoadError
from gateway.sandbox.function_admin.users import User
from gateway.sandbox.function_admin.wire import (
    ApiError,
    answer,
    body_as,
    page_or_405,
    query_as,
    read_body,
    server_error,
)

PREFIX = "/api/v1/functions"


@dataclass(frozen=True)
class Call:
    """A request that got as far as its endpoint; ``form`` is its query (GET) or body (POST), read as a form."""

    user: User
    id: str
    history_id: str
    form: Any


Endpoint = Callable[[Call], Awaitable[Any]]
Identify = Callable[[web.Request], User]


def _route(method: str, path: str, identify: Identify, endpoint: Endpoint, form: Any = None) -> web.RouteDef:
    adapter: TypeAdapter[Any] | None = TypeAdapter(form) if form else None

    async def called(request: web.Request) -> Call:
        body = await read_body(request) if adapter and method == "POST" else None
        user = identify(request)
        read = None
        if adapter:
            read = query_as(adapter, request) if method == "GET" else body_as(adapter, body)
        return Call(user, request.match_info.get("id", ""), request.match_info.get("history_id", ""), read)

    async def handle(request: web.Request) -> web.Response:
        if any("/" in value for value in request.match_info.values()):  # %2F is decoded before routing, there
            return await page_or_405(request)
        try:
            return answer(request, await endpoint(await called(request)))
        except ApiError as error:
            return answer(request, {"detail": error.detail}, error.status)
        except (LoadError, UnicodeDecodeError):
            return server_error()

    # A parameter holds anything but a slash there; aiohttp's own form holds no braces either.
    path = PREFIX + re.sub(r"\{(\w+)\}", r"{\1:[^/]+}", path)
    if method == "GET":
        return web.get(path, handle, allow_head=False)
    return web.route(method, path, handle)


get = partial(_route, "GET")
post = partial(_route, "POST")
delete = partial(_route, "DELETE")
