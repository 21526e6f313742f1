"""``fngraph serve`` as a process of its own over the sandbox, for what only a process can show."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from gateway.sandbox.running import Sandbox
from tests.harness import Gateway

START_S = 30.0
END_S = 20.0
"""A loaded machine has slack."""


@dataclass(frozen=True)
class Served(Gateway):
    """A gateway in a process."""

    process: asyncio.subprocess.Process
    log: Path

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self) -> tuple[int | None, float]:
        """Its status, and the seconds from now until it ended."""
        started_s = time.monotonic()
        status = await asyncio.wait_for(self.process.wait(), END_S)
        return status, time.monotonic() - started_s

    @property
    def logged(self) -> list[dict[str, Any]]:
        """Everything on standard error; a line that is not JSON is a traceback, or a warning of a library."""
        return [json.loads(line) for line in whole_lines(self.log)]


def served(folder: Path, sandbox: Sandbox, **settings: Any) -> AbstractAsyncContextManager[Served]:
    """Run it with these top-level settings on a free port; it is killed at the end, if it still runs."""
    variables = {f"FNGRAPH_{name}__URL": server.url for name, server in sandbox.servers.items()}
    variables |= {f"FNGRAPH_{name}": str(value) for name, value in settings.items()}
    variables |= {"FNGRAPH_PORT": "0", "FNGRAPH_PREDICTION__API": "v0"}
    return started(folder, sandbox, {name.upper(): text for name, text in variables.items()})


@contextlib.asynccontextmanager
async def started(
    folder: Path, sandbox: Sandbox, variables: dict[str, str] | None = None, *arguments: str
) -> AsyncIterator[Served]:
    """Run it in a folder, where ``fngraph.toml`` may be, with variables of the environment, until it is ready."""
    log, command = folder / "log", Path(sys.executable).with_name("fngraph")
    with log.open("w") as stream:
        process = await asyncio.create_subprocess_exec(
            command, "serve", *arguments, cwd=folder, env=os.environ | (variables or {}), stderr=stream
        )
    try:
        url = await asyncio.wait_for(_ready(log, process), START_S)
        async with aiohttp.ClientSession() as session:
            yield Served(url, session, sandbox, process, log)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def whole_lines(log: Path) -> list[str]:
    """What a running process wrote so far, without the line of which only a first part may be in the file yet."""
    whole, _, _ = log.read_text().rpartition("\n")
    return whole.splitlines()


async def _ready(log: Path, process: asyncio.subprocess.Process) -> str:
    while not (found := [line for line in whole_lines(log) if '"ready"' in line]):
        assert process.returncode is None, log.read_text()  # noqa: ASYNC240
        await asyncio.sleep(0.02)
    return str(json.loads(found[0])["url"]).removesuffix("/graph")
