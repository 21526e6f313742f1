"""The run itself: load and faults, quiet, then load again and one SIGTERM in it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.load.processes import NotStarted, started, tell, wait_until_it_listens
from benchmarks.load.settings import SHUTDOWN_TIMEOUT_S, write_settings
from benchmarks.load.watching import Sample, sample, watched
from benchmarks.rig.places import GATEWAY_CORE, LOAD_CORE, RUN
from benchmarks.rig.processes import free_port
from gateway.sandbox.accounts import Accounts
from gateway.sandbox.running import MAKERS

SETTLE_S = 30.0
"""Longer than upstream connections are kept that nobody uses (15 s, aiohttp)."""
QUIET_S = 3.0
UNDER_LOAD_S = 20.0
UNTIL_IT_ENDS_S = 600


@dataclass(frozen=True)
class Plan:
    """How much, and for how long."""

    duration_s: int
    seed: int
    connections: int
    sockets: int
    subscriptions: int


@dataclass(frozen=True)
class Quiet:
    """The gateway with nothing to do, after its garbage was collected. ``blocks`` are Python's blocks of memory."""

    sample: Sample
    tasks: dict[str, int]
    blocks: int


@dataclass
class Observed:
    """All that was seen. ``base`` and ``after`` are the quiet before and after the load."""

    base: Quiet
    samples: list[Sample] = field(default_factory=list)
    after: Quiet | None = None
    tasks: list[dict[str, Any]] = field(default_factory=list)
    windows: list[dict[str, Any]] = field(default_factory=list)
    load: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)
    begun: list[int] = field(default_factory=list)
    signalled_s: float = 0.0
    shutdown_s: float = 0.0
    exit_status: int | None = None
    log: list[str] = field(default_factory=list)


class Run:
    """The files and processes of one run. ``started`` processes end with the stack."""

    def __init__(self, plan: Plan, stack: ExitStack) -> None:
        self._plan = plan
        self._stack = stack
        self._folder = RUN / "load"
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._port = free_port()
        self._key = Accounts.kept_in(self._folder).yusuf_key
        self._upstreams = self._start_upstreams()
        self._gateway = self._start_gateway()

    def observe(self) -> Observed:
        """All of it. What went wrong inside shows in what was seen; raises ``OSError`` if the gateway died."""
        seen = Observed(self._quiet(QUIET_S))
        with watched(self._gateway.pid) as seen.samples:
            tell(self._upstreams)
            seen.load = self._clients(self._plan.duration_s).result()
            tell(self._upstreams)
        seen.after = self._quiet(SETTLE_S)
        self._end_under_load(seen)
        seen.tasks = self._tasks()
        seen.begun = seen.tasks.pop()["begun"]
        seen.windows = _lines(self._folder / "faults")
        seen.log = (self._folder / "gateway.log").read_text(errors="replace").splitlines()
        return seen

    def _quiet(self, duration_s: float) -> Quiet:
        time.sleep(duration_s)
        before, now = self._collected(), self._collected()
        self._gateway.send_signal(signal.SIGUSR1)
        while len(now) == len(before):
            if self._gateway.poll() is not None:
                raise NotStarted("the gateway died: " + (self._folder / "gateway.log").read_text()[-2000:])
            time.sleep(0.5)
            now = self._collected()
        return Quiet(sample(self._gateway.pid), now[-1]["tasks"], now[-1]["blocks"])

    def _end_under_load(self, seen: Observed) -> None:
        tell(self._upstreams)
        clients = self._clients(UNTIL_IT_ENDS_S, last=True)
        time.sleep(UNDER_LOAD_S)
        seen.signalled_s = time.monotonic()
        self._gateway.send_signal(signal.SIGTERM)
        seen.exit_status = self._gateway.wait(SHUTDOWN_TIMEOUT_S + 30)
        seen.shutdown_s = time.monotonic() - seen.signalled_s
        seen.last = clients.result()
        tell(self._upstreams)

    def _start_upstreams(self) -> subprocess.Popen[bytes]:
        self._ports = {name: free_port() for name in MAKERS}
        log = self._folder / "upstreams.log"
        arguments = (self._folder, self._plan.seed, self._folder / "faults", *self._ports.values())
        process = self._stack.enter_context(started("upstreams", *arguments, core=LOAD_CORE, log=log))
        wait_until_it_listens(process, list(self._ports.values())[-1], log)
        return process

    def _start_gateway(self) -> subprocess.Popen[bytes]:
        settings, log = self._folder / "fngraph.toml", self._folder / "gateway.log"
        urls = {name: f"http://127.0.0.1:{port}" for name, port in self._ports.items()}
        write_settings(settings, self._port, urls, Accounts.kept_in(self._folder))
        arguments = (settings, self._folder / "tasks")
        process = self._stack.enter_context(started("gateway", *arguments, core=GATEWAY_CORE, log=log))
        wait_until_it_listens(process, self._port, log)
        return process

    def _clients(self, duration_s: int, last: bool = False) -> Clients:
        """Requests are named in the last part only: the gateway keeps the names."""
        plan, name = self._plan, "last" if last else "load"
        file, log = self._folder / f"{name}.json", self._folder / f"{name}.log"
        counts = (duration_s, plan.connections, plan.sockets, plan.subscriptions, int(last))
        arguments = (self._port, plan.seed, *counts, file)
        process = started("clients", *arguments, core=LOAD_CORE, log=log, key=self._key)
        return Clients(self._stack.enter_context(process), file, log)

    def _tasks(self) -> list[dict[str, Any]]:
        return _lines(self._folder / "tasks")

    def _collected(self) -> list[dict[str, Any]]:
        """What was told after a collection of garbage."""
        return [told for told in self._tasks() if told["collected"]]


@dataclass(frozen=True)
class Clients:
    """Running clients."""

    process: subprocess.Popen[bytes]
    file: Path
    log: Path

    def result(self) -> dict[str, Any]:
        """What they saw, when they have ended. Raises ``RuntimeError`` if they failed themselves."""
        if self.process.wait() != 0:
            raise RuntimeError(f"the clients failed: {self.log.read_text()[-3000:]}")
        result: dict[str, Any] = json.loads(self.file.read_text())
        return result


def _lines(file: Path) -> list[dict[str, Any]]:
    """All that are whole."""
    return [json.loads(line) for line in file.read_text().split("\n")[:-1]]


def observe(plan: Plan) -> Observed:
    """One run of the plan."""
    with ExitStack() as stack:
        return Run(plan, stack).observe()
