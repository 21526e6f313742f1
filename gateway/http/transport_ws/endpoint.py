"""``/graph`` by WebSocket: the handshake, and the sockets that are open."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from urllib.parse import urlsplit

import msgspec
from starlette.types import Receive, Scope, Send

from gateway.auth.caller_id import address_name
from gateway.callers.accounts import CROWDED_RETRY_S
from gateway.errors import GatewayError, RateLimited
from gateway.http.contexts import new_request_id
from gateway.http.errors import described
from gateway.http.exchange import client_address, header, retry_after
from gateway.http.generations import Generation
from gateway.http.security_headers import with_missing
from gateway.http.transport_ws.protocol import SUBPROTOCOL, SUBPROTOCOL_NOT_ACCEPTABLE, closing
from gateway.http.transport_ws.session import Session
from gateway.settings.peers import ANY


class Sockets:
    """The sockets that are open; in the lifespan's state as ``sockets``."""

    def __init__(self) -> None:
        self._by_address: Counter[str] = Counter()
        self._sessions: set[Session] = set()
        self._draining = False

    def __len__(self) -> int:
        return len(self._sessions)

    def check(self, address: str | None, max_per_address: int) -> None:
        """Raises ``RateLimited`` if there is no room for a further socket from this address."""
        if self._by_address[address_name(address)] >= max_per_address:
            raise RateLimited("Too many sockets at once from this address.", retry_after_s=CROWDED_RETRY_S)

    @contextlib.contextmanager
    def place(self, address: str | None) -> Iterator[None]:
        """The room that a socket takes while it is open."""
        name = address_name(address)
        self._by_address[name] += 1
        try:
            yield
        finally:
            self._by_address[name] -= 1
            if not self._by_address[name]:
                del self._by_address[name]

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
    """The ASGI application. ``current`` gives the generation of this moment; the lifespan's state holds ``sockets``."""

    def __init__(self, current: Callable[[], Generation]) -> None:
        self._current = current

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if not origin_allowed(scope, self._current().settings.allowed_origins):
            await send({"type": "websocket.close"})  # before it is accepted: 403
        elif SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send(closing(SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable"))
        else:
            address, sockets = client_address(scope), scope["state"]["sockets"]
            try:
                sockets.check(address, self._current().settings.websocket.max_sockets_per_address)
            except RateLimited as error:
                await _refuse(scope, send, error)
                return
            with sockets.place(address):
                await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
                await sockets.serve(self._session(scope, address, receive, send))

    def _session(self, scope: Scope, address: str | None, receive: Receive, send: Send) -> Session:
        return Session(self._current, header(scope, b"authorization"), address, receive, send)


async def _refuse(scope: Scope, send: Send, error: GatewayError) -> None:
    """Before the socket is accepted: with the error's status and text if the server can (ASGI, extension "WebSocket
    Denial Response"), else with 403."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    body = msgspec.json.encode({"errors": [described(error, new_request_id())]})
    fields = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if error.retry_after_s is not None:
        fields.append((b"retry-after", retry_after(error.retry_after_s).encode()))
    start = {"type": "websocket.http.response.start", "status": error.http_status, "headers": with_missing(fields)}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": body})


def origin_allowed(scope: Scope, allowed: Collection[str]) -> bool:
    """Whether the page that connects may: it is of the gateway's own origin, or of a listed one; ``*`` lists all.

    Only browsers send ``Origin`` (RFC 6455, section 10.2), and they always do, so a handshake without it passes. The
    scheme is not compared: behind a proxy that ends TLS the gateway does not know its own.
    """
    origins = header(scope, b"origin")
    if not origins or ANY in allowed:
        return True
    own = [host.lower() for host in header(scope, b"host")]
    return len(origins) == 1 and (origins[0] in allowed or urlsplit(origins[0]).netloc.lower() in own)
