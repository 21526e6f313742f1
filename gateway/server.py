"""uvicorn, set up for the gateway."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Iterator

import structlog
import uvicorn
from starlette.types import ASGIApp

from gateway.settings import Settings

log = structlog.get_logger("fngraph.server")


class Server(uvicorn.Server):
    """Says where it listens, and ends on SIGINT and SIGTERM by itself.

    uvicorn's own raises the signal again, past every clean-up.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in sockets or []:
            # asyncio does this only for sockets of its own. Without it an answer waits 40 ms for the client's ACK, and
            # the pieces of a stream run together.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().startup(sockets)
        for server in self.servers:
            host, port = server.sockets[0].getsockname()[:2]
            log.info("ready", url=f"http://{host}:{port}/graph")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the WebSockets with a reason, which uvicorn would cut off; the time left is for the other requests."""
        for server in self.servers:
            server.close()
        timeout_s = self.config.timeout_graceful_shutdown or 0
        started_s = time.monotonic()
        await self.lifespan.state["sockets"].drain(timeout_s)
        self.config.timeout_graceful_shutdown = max(1, round(timeout_s - (time.monotonic() - started_s)))
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for number in signals:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)


def uvicorn_server(app: ASGIApp, settings: Settings) -> Server:
    """A server that is not running yet; running requests get ``shutdown_timeout_s`` when it ends."""
    return Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            ws="websockets-sansio",
            ws_max_size=settings.websocket.max_message_bytes,
            timeout_graceful_shutdown=settings.shutdown_timeout_s,
        )
    )
