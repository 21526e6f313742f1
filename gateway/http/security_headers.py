"""Header fields that every answer has, unless it has its own: what browsers may not do with it.

Source: OWASP, "REST Security Cheat Sheet", section "Security headers". ``Strict-Transport-Security`` is for the proxy
that ends TLS: only it knows that every answer leaves encrypted.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Field = tuple[bytes, bytes]

FIELDS: tuple[Field, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class SecurityHeaders:
    """The ASGI application ``app`` with these fields. Names of fields are in lower case, as ASGI has it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = with_missing(message.get("headers", ()))
            await send(message)

        await self._app(scope, receive, secured)


def with_missing(fields: Iterable[Field]) -> list[Field]:
    """The fields, and those of ``FIELDS`` that are not among them."""
    given = list(fields)
    names = dict(given)
    return given + [field for field in FIELDS if field[0] not in names]
