"""Runs the load and tells what it found; ends with 1 when something that must hold does not."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any

from benchmarks.load.findings import report
from benchmarks.load.limits import TooFewFiles, raise_file_limit
from benchmarks.load.processes import NotStarted
from benchmarks.load.run import Plan, observe
from benchmarks.rig.places import LOAD_CORE, RESULTS


def main() -> int:
    """0; 1 when something that must hold does not; 2 when it cannot be run here."""
    plan = _plan()
    os.sched_setaffinity(0, {LOAD_CORE})
    try:
        raise_file_limit()
        found = report(plan, observe(plan))
    except (TooFewFiles, NotStarted) as error:
        print(f"The load run cannot run: {error}", file=sys.stderr)
        return 2
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"load-{time.strftime('%Y%m%d-%H%M%S')}.json"
    file.write_text(json.dumps(found, indent=2))
    print(text(found))
    print(f"\nWritten: {file}")
    return int(bool(found["broken"]))


def _plan() -> Plan:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description="The load run.")
    parser.add_argument("--seconds", type=int, default=300, help="how long the load is on (default 300)")
    parser.add_argument("--seed", type=int, default=1, help="of faults, requests and pauses (default 1)")
    parser.add_argument("--connections", type=int, default=1000, help="of callers (default 1000)")
    parser.add_argument("--sockets", type=int, default=200, help="of followers (default 200)")
    parser.add_argument("--subscriptions", type=int, default=2000, help="on all sockets together (default 2000)")
    given = parser.parse_args()
    return Plan(given.seconds, given.seed, given.connections, given.sockets, given.subscriptions)


def text(found: dict[str, Any]) -> str:
    """The figures as a table."""
    gateway, shutdown = found["gateway"], found["shutdown"]
    lines = [f"{'upstreams were':16}{'requests':>10}{'no errors':>11}{'p50 ms':>9}{'p99 ms':>9}  codes"]
    for state, group in found["callers"].items():
        codes = ", ".join(f"{code} {count}" for code, count in group["codes"].items())
        lines.append(
            f"{state:16}{group['requests']:>10}{group['without_errors']:>11}{group['p50_ms']!s:>9}"
            f"{group['p99_ms']!s:>9}  {codes}"
        )
    lines += [
        "",
        f"callers      {found['most_open_connections']} connections, {found['requests_per_s']} requests a second",
        f"followers    {found['most_running_subscriptions']} subscriptions at once, {found['followers']}",
        f"gateway      {gateway['cpu_cores']} cores",
        f"  memory     {gateway['rss_mb']} MB, {gateway['rss_slope_mb_per_minute']:+} MB a minute",
        f"  blocks     {gateway['blocks']} of Python's memory, about 100 bytes each",
        f"  tasks      {gateway['tasks']}",
        f"  files      {gateway['files']}, threads {gateway['threads']}",
        f"SIGTERM      {shutdown}",
        "",
        *([f"BROKEN: {each}" for each in found["broken"]] or ["All that must hold does."]),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
