"""The gateway that is fuzzed, over its stand-ins: ``python -m tests.fuzz.served FOLDER``.

It tells where it is in a line of JSON, then for each line that it reads what it has not finished yet. Its log, that of
libraries too, is JSON on standard error: any other line there is a traceback or a warning of Python.
"""

from __future__ import annotations

import asyncio
import faulthandler
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import uvloop
from msgspec.structs import replace

from gateway import logs
from gateway.commands.demo import demo_settings
from gateway.sandbox.accounts import ACCOUNTS_FILE, Accounts
from gateway.sandbox.running import Sandbox, running
from gateway.settings import Settings, UploadSettings
from gateway.settings.callers import CallerSettings
from tests.fault_matrix import process
from tests.harness import serving

CANARIES = Accounts(**{member.name: f"sk-canary-{member.name}" for member in fields(Accounts)})
MAX_BODY_BYTES = 60_000
PLENTY = 10**9


def fuzzed_settings(sandbox: Sandbox) -> Settings:
    """Limits that small inputs reach, and no limit of requests, which every input would meet."""
    callers = CallerSettings(points_per_second=PLENTY, burst_points=PLENTY, max_operations=PLENTY)
    changes: dict[str, Any] = {
        "max_body_bytes": MAX_BODY_BYTES,
        "body_timeout_s": 1.0,
        "callers": callers,
        "uploads": UploadSettings(max_total_bytes=MAX_BODY_BYTES, max_file_bytes=10_000, max_files=5),
    }
    settings = replace(demo_settings(sandbox, 0), **changes)
    websocket = replace(settings.websocket, max_message_bytes=MAX_BODY_BYTES, max_operations=5)
    return replace(settings, websocket=websocket)


def say(content: Any) -> None:
    print(json.dumps(content), flush=True)  # noqa: T201 (it is a process that speaks)


async def lines_of_standard_input() -> AsyncIterator[bytes]:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async for line in reader:
        yield line
    transport.close()


async def serve(folder: Path) -> None:
    """Until standard input ends."""
    (folder / ACCOUNTS_FILE).write_text(json.dumps(asdict(CANARIES)))
    async with running(folder, rows=20) as sandbox, serving(fuzzed_settings(sandbox), sandbox) as gateway:
        before = process.tasks()
        say({"url": gateway.url})
        async for _ in lines_of_standard_input():
            tasks = [str(task.get_coro()) for task in process.tasks() - before]
            say({"tasks": tasks, "requests": sum(server.log.in_flight for server in sandbox.servers.values())})
            for server in sandbox.servers.values():
                server.log.requests.clear()


def main() -> None:
    faulthandler.enable()
    logs.configure("debug")
    uvloop.run(serve(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
