"""How the stand-in refuses.

The vendor wrote ``{"error": "text"}`` until February 2024 and ``{"errors": [{"message": "text"}]}`` since; the clients
of either time read only theirs, so an answer holds both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Route = tuple[str, str, Handler]


class ApiError(Exception):
    """An answer with an HTTP status of 400 or more and a text for the caller."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def answering(handler: Handler) -> Handler:
    """The handler, with an ``ApiError`` turned into the answer that it stands for."""

    @wraps(handler)
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ApiError as error:
            body = {"error": error.message, "errors": [{"message": error.message}]}
            return web.json_response(body, status=error.status)

    return answer


async def _no_such_route(request: web.Request) -> web.StreamResponse:
    raise ApiError(404, f"There is no {request.method} {request.path}")


NO_SUCH_ROUTE: Route = ("*", "/{path:.*}", _no_such_route)
