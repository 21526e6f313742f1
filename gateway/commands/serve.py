"""Run the gateway over the upstreams that the settings name."""

from __future__ import annotations

import argparse
import asyncio

import structlog

from gateway import logs
from gateway.app import create_app
from gateway.auth.authenticators import chain, check_order
from gateway.commands import add_config
from gateway.reloading import Reloader
from gateway.server import uvicorn_server
from gateway.settings import Settings, load
from gateway.settings.loading import DEFAULT_FILE
from gateway.settings.safety import warnings_of
from gateway.upstreams.http import new_session

log = structlog.get_logger("fngraph.serve")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the settings are."""
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 after SIGINT or SIGTERM, 1 when it could not start. Raises ``SettingsError``."""
    reloader = Reloader(lambda: load(arguments.config), arguments.config or DEFAULT_FILE)
    settings = reloader.settings
    asyncio.run(_try_authenticators(settings))
    logs.configure(settings.log_level)
    for warning in warnings_of(settings):
        log.warning("settings", warning=warning)
    server = uvicorn_server(create_app(settings, reloader), settings)
    server.run()
    return 0 if server.started else 1


async def _try_authenticators(settings: Settings) -> None:
    """A wrong setting of one is told before the server starts, by its name."""
    check_order(settings)
    async with new_session() as session:
        chain(settings, session)
