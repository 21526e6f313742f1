"""Runs all of scale."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

from benchmarks.rig.effort import Effort
from benchmarks.rig.places import ROOT, python, python_env
from benchmarks.rig.processes import NotStarted
from benchmarks.rig.report import Report
from benchmarks.rig.targets import at_most
from benchmarks.scale.rows import QUICK_ROWS, ROWS, run_rows
from benchmarks.scale.starting import run_starting
from benchmarks.scale.workers import run_workers

MAX_COMPILE_MS = 20


def run_scale(effort: Effort, report: Report, *, quick: bool = False) -> None:
    parts: dict[str, Callable[[], None]] = {
        "start and idle memory": lambda: run_starting(report),
        "compile time": lambda: _compiling(report),
        "rows": lambda: run_rows(report, QUICK_ROWS if quick else ROWS),
        "two workers": lambda: run_workers(effort, report),
    }
    for name, part in parts.items():
        if effort.over:
            report.not_run[name] = "no time left"
            continue
        try:
            part()
        except (NotStarted, OSError, ValueError, subprocess.CalledProcessError) as error:
            report.not_run[name] = repr(error)


def _compiling(report: Report) -> None:
    argv = [python(), "-m", "benchmarks.scale.compiling"]
    done = subprocess.run(argv, cwd=ROOT, env=python_env(), capture_output=True, text=True, check=True)  # noqa: S603
    found = json.loads(done.stdout)
    what = f"plan of a document of {found['tokens']} tokens: CPU time to compile"
    report.measurements["compiling"] = found
    report.judge(
        at_most(f"{what}, at best", found["best_ms"], MAX_COMPILE_MS, "ms"),
        at_most(f"{what}, the first time", found["first_ms"], MAX_COMPILE_MS, "ms"),
    )
