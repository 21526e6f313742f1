"""Clients and protocol checks of the JavaScript world, from their npm packages, against a running gateway."""

from __future__ import annotations

import asyncio
import fcntl
import shutil
from pathlib import Path

import pytest

from tests.harness import Gateway
from tests.sockets import following

SUITES = Path(__file__).parent / "suites"

pytestmark = pytest.mark.slow


async def run(*command: str) -> str:
    """What a command in the folder of the suites prints; it must succeed."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=SUITES, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


@pytest.fixture
async def packages() -> None:
    """``node_modules`` as the lock file says; made once, also when several test processes ask for it."""
    assert shutil.which("npm"), "needs Node.js 20 or newer"
    with (SUITES / "package-lock.json").open() as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if not (SUITES / "node_modules" / "graphql-ws").is_dir():
            await run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")


@pytest.mark.usefixtures("packages")
async def test_graphql_ws_and_its_protocol(gateway: Gateway) -> None:
    output = await run("node", "transport_ws.mjs", gateway.url + "/graph", following(3), following(500))
    assert output == "45 of 45\n"
