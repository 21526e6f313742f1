"""Runs our own scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.own import queries, servers
from benchmarks.own.sandbox import SandboxPlan, planned
from benchmarks.posts.servers import FLOOR, FNGRAPH
from benchmarks.rig.counting import SandboxCounter
from benchmarks.rig.effort import Effort
from benchmarks.rig.load import Load, Request, ask, one_by_one, wrk
from benchmarks.rig.measuring import Contender, Generate, ratio, rounds
from benchmarks.rig.places import GATEWAY_CORE, LOAD_CORE
from benchmarks.rig.processes import NotStarted, Server, running
from benchmarks.rig.report import Report, Table
from benchmarks.rig.targets import at_least, at_most

AIM = 0.7
LATENCY_AIM = 1.25
CONNECTIONS = 8
FIRST = "{ trainedFunctions(input: {count: 1}) { id } }"
"""The first query that asks this upstream also fetches a token."""


@dataclass(frozen=True)
class Own:
    """A scenario. ``requests`` of them are sent one after the other; None: as many as are answered in the time."""

    title: str
    query: str
    variables: dict[str, object] | None = None
    requests: int | None = None


def scenarios(rows: int) -> Sequence[Own]:
    """Those for a sandbox with so many rows."""
    if rows == 100:
        return (
            Own("the README's query over four backends", queries.tour()),
            Own("100 functions with their valves", queries.VALVES),
        )
    document, variables = queries.invoke_many()
    return (
        Own("a list of 1,000 rows", queries.LIST),
        Own("10,000 items of invokeFunctions", document, variables, requests=1),
    )


def run_own(effort: Effort, report: Report) -> None:
    for rows in (100, 1000):
        sandbox = planned(rows)
        try:
            with (
                running(sandbox.command, LOAD_CORE),
                running(servers.gateway(sandbox), GATEWAY_CORE) as gateway,
                running(servers.floor(sandbox), GATEWAY_CORE) as floor,
            ):
                for scenario in scenarios(rows):
                    if effort.over:
                        report.not_run[scenario.title] = "no time left"
                    else:
                        _run(scenario, sandbox, [floor, gateway], effort, report)
        except NotStarted as error:
            report.not_run[f"our own scenarios with {rows} rows"] = str(error)


def _run(own: Own, sandbox: SandboxPlan, live: Sequence[Server], effort: Effort, report: Report) -> None:
    key = f"Bearer {sandbox.accounts.yusuf_key}"
    request = Request(own.query, authorization=key, variables=own.variables)
    counter = SandboxCounter(list(sandbox.urls.values()))
    answers, alone = [], {}
    for server in live:
        ask(server.port, Request(FIRST, authorization=key))
        counter.forget()
        answers.append(ask(server.port, request))
        alone[server.name] = counter.count()
    if answers[0] != answers[1]:
        report.not_run[own.title] = f"the gateway's answer is not the floor's: {str(answers[1])[:300]}"
        return
    contenders = [Contender(server.name, server, request, counter, alone[server.name]) for server in live]
    found = rounds(contenders, _generate(own, CONNECTIONS, effort), effort.rounds)
    verdicts = [
        at_least(f"{own.title}: fngraph / floor", ratio(found[FNGRAPH], found[FLOOR], "per_cpu_s"), AIM),
        at_most(f"{own.title}: upstream requests", alone[FNGRAPH], alone[FLOOR], "req"),
    ]
    report.add(Table(own.title, FLOOR, found), verdicts)
    if own.requests is None:
        single = rounds(contenders, _generate(own, 1, effort), effort.rounds)
        value = ratio(single[FNGRAPH], single[FLOOR], "p50_ms")
        report.judge(at_most(f"{own.title}: median latency of one caller / floor", value, LATENCY_AIM))


def _generate(own: Own, connections: int, effort: Effort) -> Generate:
    def generate(port: int, request: Request) -> Load:
        if own.requests is not None:
            return one_by_one(port, request, own.requests)
        return wrk(port, request, connections, effort.load_s)

    return generate
