"""Time for 100 to 100,000 rows, and its exponent: 1 is linear, 2 quadratic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

from benchmarks.posts import servers
from benchmarks.posts.data import QUERIES
from benchmarks.rig.load import Request, one_by_one
from benchmarks.rig.places import GATEWAY_CORE, LOAD_CORE
from benchmarks.rig.processes import Server, running
from benchmarks.rig.report import Report
from benchmarks.rig.targets import at_most

ROWS = (100, 1_000, 10_000, 100_000)
QUICK_ROWS = (100, 1_000, 10_000)
REQUESTS = {100: 200, 1_000: 50, 10_000: 10, 100_000: 3}
AIM = 1.1


def run_rows(report: Report, numbers: Sequence[int] = ROWS) -> None:
    """CPU milliseconds of Q1 for each number of posts, of the gateway and of the floor."""
    spent: dict[str, dict[int, float]] = {servers.FNGRAPH: {}, servers.FLOOR: {}}
    for rows in numbers:
        with running(servers.upstream(users=10, delay_ms=0, posts=rows), LOAD_CORE) as upstream:
            for name, start in ((servers.FNGRAPH, servers.fngraph), (servers.FLOOR, servers.floor)):
                with running(start(upstream.url), GATEWAY_CORE) as server:
                    spent[name][rows] = _cpu_ms(server, rows)
    for name, by_rows in spent.items():
        cells = ", ".join(f"{rows:,}: {value:.2f}" for rows, value in by_rows.items())
        print(f"\nCPU ms of Q1 by rows, {name}: {cells}")
    report.measurements["cpu_ms_by_rows"] = spent
    report.judge(
        at_most(
            f"Q1, exponent of CPU time from 100 to {numbers[-1]:,} rows", exponent(spent[servers.FNGRAPH]), AIM, ""
        ),
        at_most("Q1, the same from 1,000 rows on", exponent(_from(spent[servers.FNGRAPH], 1_000)), AIM, ""),
    )


def exponent(values: Mapping[int, float]) -> float:
    """The slope of a straight line through the logarithms, by least squares."""
    points = [(math.log(rows), math.log(value)) for rows, value in values.items()]
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def _from(values: Mapping[int, float], least: int) -> dict[int, float]:
    return {rows: value for rows, value in values.items() if rows >= least}


def _cpu_ms(server: Server, rows: int) -> float:
    path = servers.KINDS[server.name].path
    ask_many = partial(one_by_one, server.port, Request(QUERIES["Q1"], path=path))
    ask_many(2)
    before_s = server.settle()
    ask_many(REQUESTS[rows])
    return max(server.settle() - before_s, 0.01) * 1000 / REQUESTS[rows]
