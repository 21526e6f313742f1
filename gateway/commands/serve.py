"""Run the gateway over the upstreams that the settings name."""

from __future__ import annotations

import argparse

from gateway import logs
from gateway.app import create_app
from gateway.commands import add_config
from gateway.server import uvicorn_server
from gateway.settings import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the settings are."""
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    settings = load(arguments.config)
    logs.configure(settings.log_level)
    uvicorn_server(create_app(settings), settings).run()
    return 0
