"""The four stand-ins as a process of their own, with faults that change every second by a seed.

    python -m benchmarks.load.upstreams FOLDER SEED FILE PREDICTION_PORT DEPLOYMENT_PORT FUNCTION_ADMIN_PORT INVOKE_PORT

One of the four has a bad day of ``WINDOW_S`` seconds at a time; ``FILE`` gets a line of JSON for each. A line on
standard input begins them, the next one ends them.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.load.limits import raise_file_limit
from gateway.sandbox.deployment import behaviours
from gateway.sandbox.faults import Fault
from gateway.sandbox.invoke import invoke_server
from gateway.sandbox.prediction import routes_v0
from gateway.sandbox.running import MAKERS, Sandbox, running
from gateway.sandbox.server import SandboxServer

ROWS = 100
UNLIMITED = 1_000_000
STREAM_PAUSE_S = 4.0
WINDOW_S = 10.0
TICK_S = 1.0
MANY, FEW = (2, 20), (1, 2)
BAD_DAYS: tuple[tuple[str, tuple[int, int], dict[str, Any]], ...] = (
    ("slow", MANY, {"delay_s": 0.3}),
    ("slow", MANY, {"delay_s": 3.0}),
    ("slow", MANY, {"delay_s": 30.0}),
    ("status", MANY, {"status": 500}),
    ("status", MANY, {"status": 503, "headers": {"Retry-After": "1"}}),
    ("status", MANY, {"status": 429, "headers": {"Retry-After": "1"}}),
    ("reset_in_header", MANY, {}),
    ("reset_in_body", MANY, {}),
    ("half_a_body", MANY, {}),
    ("html", MANY, {}),
    ("bad_json", MANY, {}),
    ("wrong_types", MANY, {}),
    ("drip", MANY, {}),
    ("huge", FEW, {}),
    ("endless", FEW, {}),
)


async def change_faults(sandbox: Sandbox, chance: random.Random, file: Path) -> None:
    """Without end. Requests beyond the drawn number of a fault, in a tick, are answered well."""
    servers = list(sandbox.servers.values())
    while True:
        bad = chance.choice(servers)
        starts_s = time.monotonic()
        try:
            while time.monotonic() < starts_s + WINDOW_S:
                bad.faults.set(*_drawn(chance))
                await asyncio.sleep(TICK_S)
                _forget(servers)
        finally:
            bad.faults.clear()
            _tell(file, bad.name, starts_s)


def _drawn(chance: random.Random) -> list[Fault]:
    drawn = chance.sample(BAD_DAYS, 3)
    return [Fault(kind, times=chance.randint(*times), **members) for kind, times, members in drawn]


def _forget(servers: list[SandboxServer]) -> None:
    """The stand-ins remember every request, for tests."""
    for server in servers:
        server.log.clear()


def _tell(file: Path, name: str, starts_s: float) -> None:
    with file.open("a") as stream:
        stream.write(json.dumps({"upstream": name, "from_s": starts_s, "to_s": time.monotonic()}) + "\n")


async def main(folder: Path, seed: int, file: Path, ports: list[int]) -> None:
    raise_file_limit()
    routes_v0.STREAM_PAUSE_S = behaviours.PAUSE_S = STREAM_PAUSE_S
    unlimited: Any = functools.partial(invoke_server, requests_per_second=UNLIMITED, concurrent=UNLIMITED)
    MAKERS["invoke"] = unlimited
    chance = random.Random(seed)  # noqa: S311 (no secret)
    loop = asyncio.get_running_loop()
    async with running(folder, rows=ROWS, ports=dict(zip(MAKERS, ports, strict=True))) as sandbox:
        while await loop.run_in_executor(None, sys.stdin.readline):
            faulty = asyncio.create_task(change_faults(sandbox, chance, file))
            ended = not await loop.run_in_executor(None, sys.stdin.readline)
            faulty.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await faulty
            if ended:
                break


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), [int(port) for port in sys.argv[4:]]))
