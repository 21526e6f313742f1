"""One process that serves until it is told to end: alone, or as one of several workers."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from gateway import logs
from gateway.app import create_app
from gateway.auth.authenticators import chain, check_order
from gateway.process.server import uvicorn_server
from gateway.reloading.reloader import Reloader
from gateway.settings import Settings
from gateway.settings.safety import warnings_of
from gateway.upstreams.http import new_session

log = structlog.get_logger("fngraph.serve")


def serve(read: Callable[[], Settings], file: Path, inherited: int | None) -> int:
    """0 after SIGINT or SIGTERM, 1 when it could not start. Raises ``SettingsError``.

    ``inherited`` is the descriptor of a socket that the parent has bound; it ends when the parent is gone.
    """
    reloader = Reloader(read, file)
    settings = reloader.settings
    asyncio.run(_try_authenticators(settings))
    logs.configure(settings.log_level, traced=settings.tracing.endpoint is not None)
    for warning in warnings_of(settings) if inherited is None else ():
        log.warning("settings", warning=warning)
    server = uvicorn_server(create_app(settings, reloader), settings)
    if inherited is None:
        server.run()
    else:
        threading.Thread(target=_end_with_the_parent, daemon=True).start()
        server.run([socket.socket(fileno=inherited)])
    return 0 if server.started else 1


async def _try_authenticators(settings: Settings) -> None:
    """A wrong setting of one is told before the server starts, by its name."""
    check_order(settings)
    async with new_session() as session:
        chain(settings, session)


def _end_with_the_parent() -> None:
    """The parent holds the other end of standard input and writes nothing, so that only its end can be read."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
