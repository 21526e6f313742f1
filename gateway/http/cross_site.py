"""Requests that a web page of another site makes in a visitor's browser.

Credentials come in ``Authorization``, never in a cookie, so no browser adds them by itself. What is left to guard
against: pages that make their visitors' browsers send requests which need no permission (Fetch, "CORS-safelisted
request-header": GET, and forms), from inside a network that the page cannot reach, or just to cost work.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Scope

from gateway.errors import BadInput
from gateway.http.exchange import header
from gateway.http.security_headers import SecurityHeaders

PREFLIGHT_HEADERS = (b"apollo-require-preflight", b"x-apollo-operation-name", b"graphql-require-preflight")
SIMPLE_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REQUEST_HEADERS = ("authorization", "content-type", *(name.decode() for name in PREFLIGHT_HEADERS))
EXPOSED_HEADERS = ("retry-after", "x-errors", "x-request-id")


def require_preflight(scope: Scope) -> None:
    """Raises ``BadInput`` for a request that a page of another site could make a browser send without asking first.

    A browser asks first (CORS preflight) before it sends a header or content type of its page's choice, so one of the
    ``PREFLIGHT_HEADERS`` with a value, or a content type that forms do not have, shows that it may. ``Sec-Fetch-Site:
    same-origin`` shows that it need not: pages cannot set it.
    """
    if any(value for name in PREFLIGHT_HEADERS for value in header(scope, name)):
        return
    if header(scope, b"sec-fetch-site") == ["same-origin"] or _has_other_type(scope):
        return
    raise BadInput("A request of this kind needs the header `graphql-require-preflight`, with any value.")


def _has_other_type(scope: Scope) -> bool:
    kinds = [value.partition(";")[0].strip().lower() for value in header(scope, b"content-type")]
    return len(kinds) == 1 and kinds[0] != "" and kinds[0] not in SIMPLE_TYPES


def cross_origin(app: ASGIApp, allowed_origins: Collection[str]) -> ASGIApp:
    """The application, whose answers pages of these origins may read, without cookies; ``*`` stands for all origins.

    Without an origin nothing is added, and a preflight request is a method that does not work (405).
    """
    if not allowed_origins:
        return app
    crossing = CORSMiddleware(
        app,
        allow_origins=allowed_origins,
        allow_methods=METHODS,
        allow_headers=REQUEST_HEADERS,
        expose_headers=EXPOSED_HEADERS,
    )
    return SecurityHeaders(crossing)  # it answers preflight requests itself
