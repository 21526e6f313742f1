"""Servers as processes of their own: started on a core, measured by /proc, stopped with all that they started."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rig.places import ROOT, RUN

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
START_TIMEOUT_S = 60.0


class NotStarted(Exception):  # noqa: N818
    """A server ended, or did not listen in time."""


@dataclass(frozen=True)
class Command:
    """How to start a server that listens on ``port``."""

    name: str
    argv: list[str]
    port: int
    env: Mapping[str, str] | None = None
    folder: Path = ROOT


class Server:
    """A running server."""

    def __init__(self, command: Command, core: int) -> None:
        """Starts it; raises ``NotStarted`` unless it listens within a minute."""
        self.name, self.port = command.name, command.port
        RUN.mkdir(parents=True, exist_ok=True)
        self.log = RUN / f"{command.name}.{command.port}.log"
        started_s = time.perf_counter()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                ["taskset", "-c", str(core), *command.argv],  # noqa: S607
                cwd=command.folder,
                env=command.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait()
        except NotStarted:
            self.stop()
            raise
        self.start_s = time.perf_counter() - started_s

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_s(self) -> float:
        """User and system time of the process and all below it, up to now."""
        return sum(_cpu_s(pid) for pid in tree(self.pid))

    def rss_mb(self) -> float:
        """Resident memory of the same, in 10^6 bytes."""
        return sum(_rss_bytes(pid) for pid in tree(self.pid)) / 1e6

    def settle(self, timeout_s: float = 30.0) -> float:
        """Wait until it has nothing left to do, a fifth of a second without work; its CPU seconds then."""
        deadline_s, quiet, before_s = time.monotonic() + timeout_s, 0, self.cpu_s()
        while quiet < 2 and time.monotonic() < deadline_s:
            time.sleep(0.1)
            now_s = self.cpu_s()
            quiet = quiet + 1 if now_s - before_s <= 0.01 else 0
            before_s = now_s
        return before_s

    def stop(self) -> None:
        pids = tree(self.pid)
        for number, timeout_s in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
            for pid in reversed(pids):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout_s)
                return

    def _wait(self) -> None:
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline_s:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.01)
        raise NotStarted(f"{self.name}: {_last_line(self.log)}")


@contextlib.contextmanager
def running(command: Command, core: int) -> Iterator[Server]:
    """A server for a while. Raises ``NotStarted``."""
    server = Server(command, core)
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tree(pid: int) -> list[int]:
    """The process and all below it."""
    pids = [pid]
    for parent in pids:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                pids += [int(child) for child in children.read_text().split()]
    return pids


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def _rss_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "ended without a word"
