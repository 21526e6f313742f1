"""The gateway as `fngraph serve` runs it, counted from inside.

    python -m benchmarks.load.gateway SETTINGS FILE

``FILE`` gets a line of JSON each second: the tasks that there are, by name, and how many blocks of memory Python has
given out; at the end, the requests with the header ``x-load-id`` that were begun. At SIGUSR1 it collects garbage, and
tells what is left.
"""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import IO, Any

import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.load.limits import raise_file_limit
from gateway import logs
from gateway.app import create_app
from gateway.process.server import uvicorn_server
from gateway.settings import load

LOAD_ID = b"x-load-id"


class Begun:
    """The ASGI application ``app``; ``ids`` are the requests that named themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.ids: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.ids += [int(value) for name, value in scope.get("headers", ()) if name == LOAD_ID]
        await self._app(scope, receive, send)


async def tell_tasks(stream: IO[str]) -> None:
    while True:
        tell(stream)
        await asyncio.sleep(1)


def tell(stream: IO[str], collected: bool = False) -> None:
    names: Counter[str] = Counter(getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks())
    here = {"at_s": time.monotonic(), "blocks": sys.getallocatedblocks(), "collected": collected}
    _write(stream, here | {"tasks": names})


def collect(stream: IO[str]) -> None:
    gc.collect()
    tell(stream, collected=True)


def _write(stream: IO[str], content: Any) -> None:
    stream.write(json.dumps(content) + "\n")
    stream.flush()


async def main(file: Path, telling: IO[str]) -> None:
    settings = load(file)
    logs.configure(settings.log_level)
    begun = Begun(create_app(settings))
    server = uvicorn_server(begun, settings)
    gc.collect()
    gc.freeze()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, collect, telling)
    tasks = asyncio.create_task(tell_tasks(telling))
    await server.serve()
    tasks.cancel()
    _write(telling, {"begun": begun.ids})


if __name__ == "__main__":
    raise_file_limit()
    with open(sys.argv[2], "w") as stream:
        uvloop.run(main(Path(sys.argv[1]), stream))
