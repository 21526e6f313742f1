"""Copies of the gateway over the same stand-ins, each at an address that outlives it."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from gateway.sandbox.running import Sandbox
from tests.served import Served, started
from tests.settings_file import SettingsFile


class Copy:
    """A place for one gateway after the other."""

    def __init__(self, folder: Path, sandbox: Sandbox, settings: dict[str, Any]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._sandbox = sandbox
        self._settings = settings | {"port": self.port}
        self._starts = 0
        self._running = contextlib.AsyncExitStack()
        self.gateway: Served

    async def start(self) -> None:
        """Until it is ready."""
        self._starts += 1
        folder = self._folder / str(self._starts)
        folder.mkdir(parents=True)
        SettingsFile(folder, self._sandbox).write(**self._settings)
        self.gateway = await self._running.enter_async_context(started(folder, self._sandbox))

    async def end(self, number: signal.Signals) -> int | None:
        """Its exit status, once it has ended."""
        self.gateway.signal(number)
        status, _ = await self.gateway.ended()
        return status

    async def close(self) -> None:
        await self._running.aclose()


@contextlib.asynccontextmanager
async def copies(folder: Path, sandbox: Sandbox, count: int, **settings: Any) -> AsyncIterator[list[Copy]]:
    """All of them ready, with these settings beside the demo's; killed at the end."""
    made = [Copy(folder / f"copy-{number}", sandbox, settings) for number in range(count)]
    try:
        for copy in made:
            await copy.start()
        yield made
    finally:
        for copy in made:
            await copy.close()


def free_port() -> int:
    """One that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
