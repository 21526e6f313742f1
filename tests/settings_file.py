"""A settings file that a test writes anew while the gateway runs, and what the gateway says of it."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

from gateway.commands.demo import demo_values
from gateway.sandbox.running import Sandbox
from tests.served import Served

PATIENCE_S = 20.0
RELOADS = ("settings reloaded", "settings unchanged", "settings rejected, the last good ones serve")


class SettingsFile:
    """``fngraph.toml`` in a folder, over the stand-ins; ``write`` takes what differs from the demo's settings."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.path = folder / "fngraph.toml"
        self._settings = demo_values(sandbox, 0)

    def text(self, **changes: Any) -> str:
        tables = {**self._settings}
        for name, value in changes.items():
            known = tables.get(name)
            tables[name] = {**known, **value} if isinstance(known, dict) else value
        return "".join(f"{name} = {_toml(value)}\n" for name, value in tables.items())

    def write(self, **changes: Any) -> None:
        """At once, as editors do: another file takes its name."""
        part = self.path.with_suffix(".part")
        part.write_text(self.text(**changes))
        part.replace(self.path)


async def reloaded(gateway: Served, count: int = 1) -> list[dict[str, Any]]:
    """What the gateway has logged of its reloads, once there are ``count``."""
    async with asyncio.timeout(PATIENCE_S):
        while len(found := [entry for entry in gateway.logged if entry["event"] in RELOADS]) < count:  # noqa: ASYNC110 (it is another process)
            await asyncio.sleep(0.02)
    return found


async def reload(gateway: Served, count: int = 1) -> list[dict[str, Any]]:
    """The same, at once: by a signal."""
    gateway.signal(signal.SIGHUP)
    return await reloaded(gateway, count)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(name)} = {_toml(each)}" for name, each in value.items() if each is not None)
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)
