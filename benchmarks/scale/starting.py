"""Idle memory, and the time from the start to the first answer: ``fngraph serve`` with its defaults."""

from __future__ import annotations

import statistics
import time

from benchmarks.rig.load import Request, ask
from benchmarks.rig.places import GATEWAY_CORE, RUN, fngraph, python_env
from benchmarks.rig.processes import Command, free_port, running
from benchmarks.rig.report import Report
from benchmarks.rig.targets import at_most

STARTS = 3
MAX_START_S = 1.5
MAX_IDLE_MB = 70


def run_starting(report: Report) -> None:
    found = [_start() for _ in range(STARTS)]
    report.judge(
        at_most("fngraph serve: start to first answer", statistics.median(s for s, _ in found), MAX_START_S, "s"),
        at_most("fngraph serve: idle memory", statistics.median(mb for _, mb in found), MAX_IDLE_MB, "MB"),
    )


def _start() -> tuple[float, float]:
    port = free_port()
    RUN.mkdir(parents=True, exist_ok=True)
    file = RUN / f"fngraph-{port}.toml"
    file.write_text(f'port = {port}\nlog_level = "warning"\n')
    command = Command("fngraph serve", [fngraph(), "serve", "--config", str(file)], port, python_env())
    started_s = time.perf_counter()
    with running(command, GATEWAY_CORE) as server:
        assert ask(server.port, Request("{ __typename }")) == {"data": {"__typename": "Query"}}
        answered_s = time.perf_counter() - started_s
        server.settle()
        return answered_s, server.rss_mb()
