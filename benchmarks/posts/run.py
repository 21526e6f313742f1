"""Runs the posts scenarios: all contenders of a group at once, idle but for the one that is measured."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import replace

from benchmarks.posts import servers
from benchmarks.posts.data import QUERIES, expected
from benchmarks.posts.scenarios import FNGRAPH_ONE_ID, Aim, Group, Scenario
from benchmarks.posts.servers import FLOOR, FNGRAPH, HIVE_SHARED, KINDS, SHARED_FLOOR
from benchmarks.rig.counting import Counter, PostsCounter
from benchmarks.rig.effort import Effort
from benchmarks.rig.load import AUTHORIZATION, REQUEST_ID, Load, Request, ask, wrk
from benchmarks.rig.measuring import Contender, Figures, ratio, rounds
from benchmarks.rig.places import GATEWAY_CORE, LOAD_CORE
from benchmarks.rig.processes import NotStarted, Server, running
from benchmarks.rig.report import Report, Table
from benchmarks.rig.setup import NotThere
from benchmarks.rig.targets import Verdict, at_least, at_most

READY_TIMEOUT_S = 30.0


def run_group(group: Group, effort: Effort, report: Report) -> None:
    """All scenarios of a group. What cannot start is told in the report, and left out."""
    with contextlib.ExitStack() as stack:
        upstream = stack.enter_context(running(servers.upstream(group.users, group.delay_ms), LOAD_CORE))
        counter = PostsCounter(upstream.url)
        live = {name: server for name in group.contenders if (server := _started(name, upstream, stack, report))}
        for scenario in group.scenarios:
            if effort.over:
                report.not_run[f"{_title(group, scenario)}"] = "no time left"
                continue
            _run(group, scenario, live, counter, effort, report)
        if group.alone and not effort.over:
            _latency(group, live, counter, effort, report)


def _started(name: str, upstream: Server, stack: contextlib.ExitStack, report: Report) -> Server | None:
    """A server that has answered; its start is told in the report."""
    try:
        command = KINDS[name].start(upstream.url)
        began_s = time.perf_counter()
        server = stack.enter_context(running(command, GATEWAY_CORE))
        _first_answer(server, Request(QUERIES["Q1"], path=KINDS[name].path))
    except (NotThere, NotStarted) as error:
        report.not_run[name] = str(error)
        return None
    report.starts.setdefault(
        name, {"first_answer_s": round(time.perf_counter() - began_s, 3), "rss_mb": server.rss_mb()}
    )
    return server


def _first_answer(server: Server, request: Request) -> None:
    """Some listen before they can answer."""
    deadline_s = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline_s:
        with contextlib.suppress(OSError, ValueError):
            if "data" in ask(server.port, request):
                return
        time.sleep(0.02)
    raise NotStarted(f"{server.name} listens, but does not answer")


def _run(
    group: Group, scenario: Scenario, live: Mapping[str, Server], counter: Counter, effort: Effort, report: Report
) -> None:
    contenders = [
        contender
        for name in scenario.contenders
        if name in live and (contender := _contender(group, scenario, live[name], counter, report))
    ]
    contenders += [
        replace(each, name=FNGRAPH_ONE_ID, request=replace(each.request, fixed=True))
        for each in contenders
        if scenario.varied == REQUEST_ID and each.name == FNGRAPH
    ]

    def generate(port: int, request: Request) -> Load:
        return wrk(port, request, scenario.connections, effort.load_s)

    for contender in contenders:
        wrk(contender.server.port, contender.request, 16, 1)
    found = rounds(contenders, generate, effort.rounds)
    title = _title(group, scenario)
    floor = FLOOR if FLOOR in scenario.contenders else SHARED_FLOOR
    report.add(Table(title, floor, found), [_verdict(title, aim, found) for aim in scenario.aims])


def _contender(group: Group, scenario: Scenario, server: Server, counter: Counter, report: Report) -> Contender | None:
    """None for one whose answer is wrong."""
    request = Request(QUERIES[scenario.query], scenario.varied, path=KINDS[server.name].path)
    counter.forget()
    answer = ask(server.port, request)
    alone = counter.count()
    if answer != expected(scenario.query, users=group.users):
        report.not_run[f"{server.name}: {_title(group, scenario)}"] = f"wrong answer: {str(answer)[:200]}"
        return None
    # Where requests are shared there are more queries than the upstream sees.
    return Contender(server.name, server, request, counter, alone if scenario.varied == AUTHORIZATION else 0)


def _latency(group: Group, live: Mapping[str, Server], counter: Counter, effort: Effort, report: Report) -> None:
    """One caller, one request after the other. Without a delay this says the same as CPU time, so it is not judged."""
    contenders = [
        Contender(name, server, Request(QUERIES["Q1"], AUTHORIZATION, path=KINDS[name].path), counter, 0)
        for name, server in live.items()
        if name not in (SHARED_FLOOR, HIVE_SHARED)
    ]

    def generate(port: int, request: Request) -> Load:
        return wrk(port, request, 1, effort.load_s / 2)

    found = rounds(contenders, generate, effort.rounds)
    title = f"one caller, Q1 ({group.name})"
    verdicts = []
    if group.delay_ms and FNGRAPH in found and FLOOR in found:
        value = ratio(found[FNGRAPH], found[FLOOR], "p50_ms")
        verdicts.append(at_most(f"{title}: median latency / floor", value, 1.25))
    report.add(Table(title, FLOOR, found), verdicts)


def _verdict(title: str, aim: Aim, found: Mapping[str, list[Figures]]) -> Verdict:
    what = f"{title}: fngraph / {aim.other}"
    ours, other = found.get(FNGRAPH), found.get(aim.other)
    if not ours or not other:
        return at_least(what, None, aim.at_least, note="could not run")
    return at_least(what, ratio(ours, other, "per_cpu_s"), aim.at_least)


def _title(group: Group, scenario: Scenario) -> str:
    return f"{scenario.query}, {scenario.name} ({group.name})"
