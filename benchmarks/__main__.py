"""Runs the benchmarks.

    python -m benchmarks            everything, 40 minutes at the most
    python -m benchmarks --quick    what matters most, in about four minutes

Ends with 1 when a probe fails. Targets that are missed are told, and are no failure: a figure is not a promise.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time

from benchmarks.own.run import run_own
from benchmarks.posts.run import run_group
from benchmarks.posts.scenarios import FULL, QUICK
from benchmarks.probes.__main__ import run_probes
from benchmarks.rig import effort
from benchmarks.rig.picture import write_picture
from benchmarks.rig.places import LOAD_CORE, RESULTS
from benchmarks.rig.report import Report
from benchmarks.rig.setup import NotThere, set_up
from benchmarks.scale.run import run_scale

PARTS = ("posts", "own", "scale", "probes")


def main() -> int:
    """0; 1 when a probe failed; 2 when nothing can be measured here."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # it stops its servers, too
    report = Report()
    try:
        report.not_run |= set_up()
    except NotThere as error:
        print(f"The benchmarks cannot run: {error}", file=sys.stderr)
        return 2
    os.sched_setaffinity(0, {LOAD_CORE})
    failed = _run(arguments.parts, effort.quick() if arguments.quick else effort.full(), arguments.quick, report)
    print(report.text())
    file = report.write(RESULTS)
    write_picture(report.tables, file.with_suffix(".svg"))
    print(f"\nWritten: {file} and .svg")
    return int(failed)


def _run(parts: list[str], chosen: effort.Effort, quick: bool, report: Report) -> bool:
    """Whether a probe failed."""
    failed = False
    started_s = time.monotonic()
    if "probes" in parts:
        print("\nProbes")
        found = run_probes()
        report.measurements["probes"] = found
        failed = any(found.values())
    if "posts" in parts:
        for group in QUICK if quick else FULL:
            run_group(group, chosen, report)
    if "own" in parts:
        run_own(chosen, report)
    if "scale" in parts:
        print("\nScale")
        run_scale(chosen, report, quick=quick)
    print(f"\n{time.monotonic() - started_s:.0f} s")
    return failed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the gateway beside its peers.")
    parser.add_argument("--quick", action="store_true", help="what matters most, in about four minutes")
    parser.add_argument("parts", nargs="*", default=PARTS, help=f"any of {', '.join(PARTS)} (default: all)")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part called {', '.join(sorted(unknown))}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
