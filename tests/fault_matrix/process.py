"""What this process holds: tasks, sockets, memory, and what it has logged."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import io
import logging
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import structlog

from gateway import logs

PATIENCE_S = 3.0
SAMPLE_S = 0.02
STAND_INS_LOGGER = "aiohttp.server"
STAND_INS_TASK = "RequestHandler.start"
"""aiohttp's server has one for each open connection; the gateway keeps connections open on purpose."""


def tasks() -> set[asyncio.Task[Any]]:
    """All that are not the stand-ins' own."""
    return {task for task in asyncio.all_tasks() if getattr(task.get_coro(), "__qualname__", "") != STAND_INS_TASK}


def connections_in_use() -> int:
    """Connections of all HTTP clients in this process that somebody still reads from."""
    connectors = [each for each in gc.get_objects() if isinstance(each, aiohttp.BaseConnector) and not each.closed]
    assert connectors, "the gateway's connector was not found"
    return sum(len(connector._acquired) for connector in connectors)  # aiohttp has no public count


def open_files() -> int:
    return len(os.listdir("/dev/fd"))


def resident_bytes() -> int:
    """Now; the most so far where there is no ``/proc``."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Peak:
    """The most resident memory while it is sampled; it needs no task, so that it is not counted as one."""

    def __init__(self) -> None:
        self.start = self.most = resident_bytes()
        self._sample()

    def _sample(self) -> None:
        self.most = max(self.most, resident_bytes())
        self._handle = asyncio.get_running_loop().call_later(SAMPLE_S, self._sample)

    @property
    def growth(self) -> int:
        return self.most - self.start

    def stop(self) -> None:
        self._handle.cancel()


async def left(remaining: Callable[[], list[str]]) -> list[str]:
    """What is still there after a while: an end may take a turn of the loop, or a few."""
    ends_s = asyncio.get_running_loop().time() + PATIENCE_S
    while (found := remaining()) and asyncio.get_running_loop().time() < ends_s:  # noqa: ASYNC110 (nothing tells when)
        await asyncio.sleep(0.01)
    return found


@contextlib.contextmanager
def captured_log() -> Iterator[io.StringIO]:
    """All that is logged at any level, by the gateway and by the libraries under it."""
    text = io.StringIO()
    with contextlib.redirect_stderr(text):
        logs.configure("debug")
    handler, root = logging.StreamHandler(text), logging.getLogger()
    handler.setFormatter(logging.Formatter('{"level": "%(levelname)s", "logger": "%(name)s", "event": "%(message)s"}'))
    handler.addFilter(lambda record: not record.name.startswith(STAND_INS_LOGGER))
    root.addHandler(handler)
    try:
        yield text
    finally:
        root.removeHandler(handler)
        structlog.reset_defaults()
