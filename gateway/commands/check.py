"""Show the settings, secrets hidden, what they turn on and limit, what is not safe, and try store and upstreams."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterator

import msgspec

from gateway.commands import add_config
from gateway.settings import Settings, load
from gateway.settings.safety import warnings_of
from gateway.store.opening import open_store
from gateway.upstreams.clients import Upstreams
from gateway.upstreams.http import Reach, new_session

SWITCHES = ("introspection", "suggestions", "page")
LIMITS = ("limits", "callers", "websocket", "uploads")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the settings are."""
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 when the store and every upstream can be reached and none refuses the gateway's own credential, else 1."""
    settings = load(arguments.config)
    print(json.dumps(msgspec.to_builtins(settings, enc_hook=str), indent=2))
    store_works, store = asyncio.run(_store(settings))
    print(*_switches(settings), *_limits(settings), store, *_warnings(settings), "Upstreams", sep="\n")
    reached = asyncio.run(_reach(settings))
    verdicts = {name: _verdict(reach, getattr(settings, name).credential.scheme) for name, reach in reached.items()}
    for name, (_, text) in verdicts.items():
        print(f"{name:<15} {text}")
    return 0 if store_works and all(well for well, _ in verdicts.values()) else 1


def _switches(settings: Settings) -> Iterator[str]:
    yield f"Environment: {settings.environment}"
    for name in SWITCHES:
        state = "on" if getattr(settings, f"{name}_on") else "off"
        why = "by the environment" if getattr(settings, name) is None else "set singly"
        yield f"  {name:<28} {state:<4} {why}"


def _limits(settings: Settings) -> Iterator[str]:
    yield "Limits"
    yield f"  {'max_body_bytes':<40} {settings.max_body_bytes:>12,}"
    for table in LIMITS:
        for name, number in msgspec.structs.asdict(getattr(settings, table)).items():
            yield f"  {f'{table}.{name}':<40} {number:>12,}"


def _warnings(settings: Settings) -> Iterator[str]:
    found = warnings_of(settings)
    yield "Warnings" if found else "Warnings: none"
    for text in found:
        yield f"  {text}"


async def _reach(settings: Settings) -> dict[str, Reach]:
    async with new_session() as session:
        return await Upstreams(settings, session).reach_all()


async def _store(settings: Settings) -> tuple[bool, str]:
    async with open_store(settings) as store:
        if not store.shared:
            return True, "Store: none, each copy counts and keeps by itself"
        return not store.degraded, f"Store: {'not reachable' if store.degraded else 'reachable'}"


def _verdict(reach: Reach, scheme: str) -> tuple[bool, str]:
    if not reach.reachable:
        return False, f"not reachable: {reach.code}"
    took = f"reachable in {reach.duration_s * 1000:.0f} ms"
    if reach.status not in (401, 403):
        return True, took
    if scheme in ("static", "client_credentials"):
        return False, f"{took}, but it refuses the gateway's credential ({reach.status})"
    return True, f"{took}; callers need a key of their own"
