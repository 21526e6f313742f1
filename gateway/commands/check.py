"""Show the settings, secrets hidden, and try each upstream."""

from __future__ import annotations

import argparse
import asyncio
import json

from gateway.commands import add_config
from gateway.settings import Settings, load
from gateway.upstreams.clients import Upstreams
from gateway.upstreams.http import Reach, new_session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the settings are."""
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 when every upstream can be reached and none refuses the gateway's own credential, else 1."""
    settings = load(arguments.config)
    print(json.dumps(settings.model_dump(mode="json"), indent=2))
    reached = asyncio.run(_reach(settings))
    verdicts = {name: _verdict(reach, getattr(settings, name).credential.scheme) for name, reach in reached.items()}
    for name, (_, text) in verdicts.items():
        print(f"{name:<15} {text}")
    return 0 if all(well for well, _ in verdicts.values()) else 1


async def _reach(settings: Settings) -> dict[str, Reach]:
    async with new_session() as session:
        return await Upstreams(settings, session).reach_all()


def _verdict(reach: Reach, scheme: str) -> tuple[bool, str]:
    if not reach.reachable:
        return False, f"not reachable: {reach.code}"
    took = f"reachable in {reach.duration_s * 1000:.0f} ms"
    if reach.status not in (401, 403):
        return True, took
    if scheme in ("static", "client_credentials"):
        return False, f"{took}, but it refuses the gateway's credential ({reach.status})"
    return True, f"{took}; callers need a key of their own"
