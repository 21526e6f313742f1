"""``/graph`` by WebSocket: the handshake, and the sockets that are open."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.types import Receive, Scope, Send

from gateway.http.engine import Engine
from gateway.http.exchange import header
from gateway.http.transport_ws.protocol import SUBPROTOCOL, SUBPROTOCOL_NOT_ACCEPTABLE, closing
from gateway.http.transport_ws.session import Session
from gateway.settings import Settings


class Sockets:
    """The sockets that are open; in the lifespan's state as ``sockets``."""

    def __init__(self) -> None:
        self._sessions: set[Session] = set()
        self._draining = False

    async def serve(self, session: Session) -> None:
        """Run the session until it ends."""
        self._sessions.add(session)
        try:
            if self._draining:
                await session.drain(0)
            await session.run()
        finally:
            self._sessions.remove(session)

    async def drain(self, timeout_s: float) -> None:
        """Close all of them with a reason, a second after ``timeout_s`` at the latest; those that come then at once."""
        self._draining = True
        drains = [asyncio.create_task(session.drain(timeout_s)) for session in self._sessions]
        if drains:
            # A client that does not read cannot be told.
            _, stuck = await asyncio.wait(drains, timeout=timeout_s + 1)
            for drain in stuck:
                drain.cancel()


class WebSocketEndpoint:
    """The ASGI application. The lifespan's state holds ``contexts`` and ``sockets``."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if not origin_allowed(scope, self._settings.allowed_origins):
            await send({"type": "websocket.close"})  # before it is accepted: 403
        elif SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send(closing(SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable"))
        else:
            await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
            authorization = header(scope, b"authorization")
            state = scope["state"]
            session = Session(self._engine, state["contexts"], self._settings.websocket, authorization, receive, send)
            await state["sockets"].serve(session)


def origin_allowed(scope: Scope, allowed: Collection[str]) -> bool:
    """Whether the page that connects may: it is of the gateway's own origin, or of a listed one.

    Only browsers send ``Origin`` (RFC 6455, section 10.2), and they always do, so a handshake without it passes. The
    scheme is not compared: behind a proxy that ends TLS the gateway does not know its own.
    """
    origins = header(scope, b"origin")
    if not origins:
        return True
    own = [host.lower() for host in header(scope, b"host")]
    return len(origins) == 1 and (origins[0] in allowed or urlsplit(origins[0]).netloc.lower() in own)
