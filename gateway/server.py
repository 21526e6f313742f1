"""uvicorn, set up for the gateway."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from gateway.settings import Settings


class Server(uvicorn.Server):
    """Ends on SIGINT and SIGTERM by itself. uvicorn's own raises the signal again, past every clean-up."""

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
