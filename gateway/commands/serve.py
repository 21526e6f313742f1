"""Run the gateway over the upstreams that the settings name, in one process or in several."""

from __future__ import annotations

import argparse
import signal
import sys

from gateway.commands import add_config
from gateway.settings import Settings, load
from gateway.settings.loading import DEFAULT_FILE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the settings are, and how many processes there are to be."""
    add_config(parser)
    parser.add_argument("--workers", type=int, metavar="N", help="processes that serve (default: the setting, 1)")
    parser.add_argument("--inherited", type=int, help=argparse.SUPPRESS)  # the socket of a worker


def run(arguments: argparse.Namespace) -> int:
    """0 after SIGINT or SIGTERM, 1 when it could not start. Raises ``SettingsError``."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until somebody listens: by default it would end the process
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})  # which the parent of a worker blocks until here
    settings = _read(arguments)
    if arguments.inherited is None and settings.workers > 1:
        from gateway.process.workers import supervise

        return supervise(settings, _command(arguments))
    from gateway.process.serving import serve  # a parent of workers does without all that it imports

    return serve(lambda: _read(arguments), arguments.config or DEFAULT_FILE, arguments.inherited)


def _read(arguments: argparse.Namespace) -> Settings:
    given = {} if arguments.workers is None else {"workers": arguments.workers}
    return load(arguments.config, given)


def _command(arguments: argparse.Namespace) -> list[str]:
    """What starts a worker, but for its socket. ``-P``: nothing is imported from the working directory."""
    config = [] if arguments.config is None else ["--config", str(arguments.config)]
    workers = [] if arguments.workers is None else ["--workers", str(arguments.workers)]
    return [sys.executable, "-P", "-m", "gateway", "serve", *config, *workers]
