"""The sandbox as a process of its own.

    python -m benchmarks.own.sandbox FOLDER ROWS PREDICTION_PORT DEPLOYMENT_PORT FUNCTION_ADMIN_PORT INVOKE_PORT

Without the vendor's limits of invocations: what is measured is the gateway. The accounts are in
``FOLDER/accounts.json``.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rig.places import RUN, python, python_env
from benchmarks.rig.processes import Command, free_port
from gateway.sandbox.accounts import Accounts
from gateway.sandbox.invoke import invoke_server
from gateway.sandbox.running import MAKERS, running

UNLIMITED = 1_000_000


@dataclass(frozen=True)
class SandboxPlan:
    """A sandbox that is not started yet. The last server to listen is that of ``command.port``."""

    folder: Path
    urls: dict[str, str]
    command: Command

    @property
    def accounts(self) -> Accounts:
        return Accounts.kept_in(self.folder)

    def token(self) -> str:
        """A token of the invoke stand-in, which must be running."""
        known = self.accounts
        form = {
            "grant_type": "client_credentials",
            "client_id": known.nyckel_client_id,
            "client_secret": known.nyckel_client_secret,
        }
        address = self.urls["invoke"] + "/connect/token"
        with urllib.request.urlopen(address, urllib.parse.urlencode(form).encode()) as answer:  # noqa: S310
            token: str = json.loads(answer.read())["access_token"]
            return token


def planned(rows: int) -> SandboxPlan:
    """A sandbox with ``rows`` generated rows in each upstream."""
    folder = RUN / f"sandbox-{rows}"
    folder.mkdir(parents=True, exist_ok=True)
    ports = {name: free_port() for name in MAKERS}
    argv = [python(), "-m", "benchmarks.own.sandbox", str(folder), str(rows), *map(str, ports.values())]
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    return SandboxPlan(folder, urls, Command(f"sandbox-{rows}", argv, list(ports.values())[-1], python_env()))


async def main(folder: Path, rows: int, ports: list[int]) -> None:
    unlimited: Any = functools.partial(invoke_server, requests_per_second=UNLIMITED, concurrent=UNLIMITED)
    MAKERS["invoke"] = unlimited
    async with running(folder, rows=rows, ports=dict(zip(MAKERS, ports, strict=True))):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), [int(port) for port in sys.argv[3:]]))
