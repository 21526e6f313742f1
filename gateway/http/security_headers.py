"""Header fields that every answer has, unless it has its own: what browsers may not do with it.

Source: OWASP, "REST Security Cheat Sheet", section "Security headers". ``Strict-Transport-Security`` is for the proxy
that ends TLS: only it knows that every answer leaves encrypted.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.http.exchange import Field

FIELDS: tuple[Field, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class SecurityHeaders:
    """The ASGI application ``app`` with these fields."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return self._app(scope, receive, secured(send))


def secured(send: Send) -> Send:
    """``send``, for answers with these fields."""

    def send_secured(message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            message["headers"] = with_missing(message.get("headers", ()))
        return send(message)

    return send_secured


def with_missing(fields: Sequence[Field]) -> list[Field]:
    """The fields, and those of ``FIELDS`` that are not among them."""
    given = dict(fields)
    return [*fields, *(field for field in FIELDS if field[0] not in given)]
