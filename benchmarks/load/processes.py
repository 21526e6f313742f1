"""The processes of a load run, each on a core of its own choice."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rig.places import ROOT, python, python_env

START_S = 60.0
END_S = 60.0


class NotStarted(Exception):  # noqa: N818
    """A process ended before its time, or did not listen in time."""


@contextlib.contextmanager
def started(module: str, *arguments: object, core: int, log: Path, key: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """``python -m module``, which is killed at the end, if it still runs. Its errors go to ``log``."""
    command = ["taskset", "-c", str(core), python(), "-m", f"benchmarks.load.{module}", *map(str, arguments)]
    with log.open("wb") as stream:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=python_env() | {"LOAD_KEY": key}, stdin=subprocess.PIPE, stderr=stream
        )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def tell(process: subprocess.Popen[bytes]) -> None:
    """A line on its standard input."""
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()


def wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Raises ``NotStarted`` with the end of its log."""
    ends_s = time.monotonic() + START_S
    while time.monotonic() < ends_s and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise NotStarted(f"{os.path.basename(log)}: {log.read_text(errors='replace')[-2000:]}")
