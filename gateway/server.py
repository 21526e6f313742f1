"""uvicorn, set up for the gateway."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
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
        await super().startup(sockets)
        for server in self.servers:
            host, port = server.sockets[0].getsockname()[:2]
            log.info("ready", url=f"http://{host}:{port}/graph")

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
            timeout_graceful_shutdown=settings.shutdown_timeout_s,
        )
    )
