"""Two workers beside one.

With four cores both have one, and so have the load and the upstream: queries per second are compared. With fewer they
would take the load's core away. Then both run on the gateway's core, and what is compared is the CPU time of the busier
one: how much more two cores would do if nothing else held them up.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from benchmarks.posts import servers
from benchmarks.posts.data import QUERIES
from benchmarks.rig.counting import PostsCounter
from benchmarks.rig.effort import Effort
from benchmarks.rig.load import AUTHORIZATION, Request, wrk
from benchmarks.rig.places import CORES, GATEWAY_CORE, LOAD_CORE
from benchmarks.rig.processes import Server, free_port, running
from benchmarks.rig.report import Report
from benchmarks.rig.targets import at_least

AIM = 1.8
CONNECTIONS = 256
UPSTREAM_REQUESTS = 2
ENOUGH = CORES >= 4
WHAT = "Q1: two workers / one"


def run_workers(effort: Effort, report: Report) -> None:
    with running(servers.upstream(users=10, delay_ms=0), LOAD_CORE) as upstream:
        one, two = (_capacity(upstream.url, count, effort) for count in (1, 2))
    note = "" if ENOUGH else "by CPU time of the busier one: fewer than 4 cores"
    report.judge(at_least(WHAT, two / one, AIM, note=note))


def _capacity(upstream: str, count: int, effort: Effort) -> float:
    """Queries per second that so many workers on one port answer, or could."""
    port, counter = free_port(), PostsCounter(upstream)
    with contextlib.ExitStack() as stack:
        workers = [
            stack.enter_context(running(servers.fngraph(upstream, port), GATEWAY_CORE + (number if ENOUGH else 0)))
            for number in range(count)
        ]
        request = Request(QUERIES["Q1"], AUTHORIZATION)
        wrk(port, request, CONNECTIONS, 1)
        before_s = [worker.settle() for worker in workers]
        counter.forget()
        load = wrk(port, request, CONNECTIONS, 4 * effort.load_s)
        if ENOUGH:
            return load.requests / load.duration_s
        busiest_s = _busiest_s(workers, before_s)
        return counter.count() / UPSTREAM_REQUESTS / busiest_s


def _busiest_s(workers: Sequence[Server], before_s: Sequence[float]) -> float:
    return max(worker.settle() - before for worker, before in zip(workers, before_s, strict=True))
