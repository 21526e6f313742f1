"""Starting and stopping the four stand-ins together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.deployment import deployment_server
from gateway.sandbox.function_admin import function_admin_server
from gateway.sandbox.invoke import invoke_server
from gateway.sandbox.prediction import prediction_server
from gateway.sandbox.server import SandboxServer

DEFAULT_ROWS = 300


@dataclass(frozen=True)
class Sandbox:
    """Four running stand-ins and who they know."""

    accounts: Accounts
    prediction: SandboxServer
    deployment: SandboxServer
    function_admin: SandboxServer
    invoke: SandboxServer

    @property
    def servers(self) -> dict[str, SandboxServer]:
        """The stand-ins by the name of their upstream."""
        servers = (self.prediction, self.deployment, self.function_admin, self.invoke)
        return {server.name: server for server in servers}


@contextlib.asynccontextmanager
async def running(
    data: Path,
    *,
    rows: int = DEFAULT_ROWS,
    ports: Mapping[str, int] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[Sandbox]:
    """Start the four, with their state under ``data`` and ``rows`` generated rows each; stop them at the end.

    ``ports`` names ports by upstream; free ones are taken for the others. ``progress`` is told what is up. Raises
    ``OSError`` for a port that is taken.
    """
    chosen = ports or {}
    accounts = Accounts.kept_in(data)
    async with contextlib.AsyncExitStack() as stack:
        servers: dict[str, SandboxServer] = {}
        for name, make in MAKERS.items():
            server = make(accounts, data, rows, chosen.get(name, 0))
            await server.start()
            stack.push_async_callback(server.stop)
            servers[name] = server
            progress(f"{name:<15} {server.url}")
            await asyncio.sleep(0)
        yield Sandbox(accounts, **servers)


MAKERS: dict[str, Callable[[Accounts, Path, int, int], SandboxServer]] = {
    "prediction": prediction_server,
    "deployment": deployment_server,
    "function_admin": function_admin_server,
    "invoke": invoke_server,
}
