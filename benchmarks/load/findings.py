"""What a run found, and what must hold of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.load.callers import BROKE_OFF, REFUSED, SILENT
from benchmarks.load.operations import OPERATIONS
from benchmarks.load.run import Observed, Plan
from benchmarks.load.settings import SHUTDOWN_TIMEOUT_S
from benchmarks.load.watching import Sample, slope_per_minute

RECOVERY_S = 20.0
"""After a bad day: breakers are still open, and tries wait."""
WARM_UP = 0.5
"""The share of the run before memory is looked at: caches fill, and the heap grows to the worst burst of faults."""
MAX_SLOPE_MB = 5.0
JUDGED_S = 120
"""Shorter runs tell the slope only."""
MAX_BLOCKS = 50_000
"""What caches of documents, tokens and connections may keep, in Python's blocks of memory: 5 MB."""
SPARE_FILES = 5
STATES = ("healthy", "faulty", "recovering")
STATUSES = {200, 400, 403, 404, 409, 429, 502, 503, 504}


@dataclass
class Group:
    """Requests whose upstreams were in the same state."""

    durations_s: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    flawless: int = 0

    def plain(self) -> dict[str, Any]:
        p50, p99 = (percentile_ms(self.durations_s, share) for share in (0.5, 0.99))
        return {
            "requests": len(self.durations_s),
            "without_errors": self.flawless,
            "p50_ms": p50,
            "p99_ms": p99,
            "statuses": dict(self.statuses.most_common()),
            "codes": dict(self.codes.most_common()),
        }


def percentile_ms(durations_s: Sequence[float], share: float) -> float | None:
    ranked = sorted(durations_s)
    return round(1000 * ranked[int(share * (len(ranked) - 1))], 1) if ranked else None


def grouped(seen: Observed) -> dict[str, Group]:
    """The requests of the load by the state of their upstreams."""
    groups = {state: Group() for state in STATES}
    for number, sent_s, took_s, outcome, codes in seen.load["asked"]["rows"]:
        group = groups[_state(seen.windows, OPERATIONS[number].upstreams, sent_s, sent_s + took_s)]
        group.durations_s.append(took_s)
        group.statuses[str(outcome)] += 1
        group.codes.update(codes)
        group.flawless += outcome == 200 and not codes
    return groups


def _state(windows: Sequence[dict[str, Any]], upstreams: Sequence[str], from_s: float, to_s: float) -> str:
    state = "healthy"
    for window in windows:
        if window["upstream"] in upstreams and window["from_s"] < to_s and from_s < window["to_s"] + RECOVERY_S:
            if from_s < window["to_s"]:
                return "faulty"
            state = "recovering"
    return state


def steady(seen: Observed) -> Sequence[Sample]:
    """The samples of the load after it has warmed up."""
    return seen.samples[int(WARM_UP * len(seen.samples)) :]


def report(plan: Plan, seen: Observed) -> dict[str, Any]:
    """Figures, for people and for JSON."""
    load, last, samples, base, after = seen.load, seen.last, seen.samples, seen.base, seen.after
    assert after is not None
    seconds = samples[-1].at_s - samples[0].at_s
    return {
        "plan": vars(plan),
        "load_average": os.getloadavg(),
        "most_open_connections": load["asked"]["most_open"],
        "most_running_subscriptions": load["followed"]["most_running"],
        "requests_per_s": round(len(load["asked"]["rows"]) / plan.duration_s, 1),
        "callers": {state: group.plain() for state, group in grouped(seen).items()},
        "followers": {
            **load["followed"]["counts"],
            "codes": load["followed"]["codes"],
            "closed_by_the_gateway": load["followed"]["closings"],
        },
        "gateway": {
            "cpu_cores": round((samples[-1].cpu_s - samples[0].cpu_s) / seconds, 2),
            "rss_mb": _three(base.sample.rss_mb, (each.rss_mb for each in samples), after.sample.rss_mb),
            "rss_slope_mb_per_minute": round(slope_per_minute(steady(seen)), 2),
            "blocks": _three(base.blocks, (each["blocks"] for each in seen.tasks), after.blocks),
            "files": _three(base.sample.files, (each.files for each in samples), after.sample.files),
            "threads": _three(base.sample.threads, (each.threads for each in samples), after.sample.threads),
            "tasks": _three(
                sum(base.tasks.values()),
                (sum(each["tasks"].values()) for each in seen.tasks),
                sum(after.tasks.values()),
            ),
        },
        "shutdown": {
            "seconds": round(seen.shutdown_s, 2),
            "exit_status": seen.exit_status,
            "begun": len(seen.begun),
            "lost": len(lost(seen)),
            "outcomes_after_the_signal": _outcomes(last["asked"]["rows"], seen.signalled_s),
            "sockets_closed_with": last["followed"]["closings"],
        },
        "rss_mb_by_second": [round(each.rss_mb, 1) for each in samples],
        "log_lines": len(seen.log),
        "broken": list(broken(plan, seen)),
    }


def _three(base: float, under_load: Iterable[float], after: float) -> dict[str, float]:
    return {"base": round(base), "most": round(max(under_load)), "after": round(after)}


def lost(seen: Observed) -> set[int]:
    """Requests that the gateway began, and whose caller has no whole answer."""
    return {*seen.begun} - {*seen.last["asked"]["answered"]}


def _outcomes(rows: Sequence[Sequence[Any]], signalled_s: float) -> dict[str, int]:
    return dict(Counter(str(row[3]) for row in rows if row[1] + row[2] > signalled_s).most_common())


def broken(plan: Plan, seen: Observed) -> Iterator[str]:
    """Every invariant that does not hold, in words."""
    yield from _broken_answers(seen)
    yield from _left_behind(seen)
    slope = slope_per_minute(steady(seen))
    if slope > MAX_SLOPE_MB and plan.duration_s >= JUDGED_S:
        yield f"memory grows by {slope:.1f} MB a minute, more than {MAX_SLOPE_MB}"
    if seen.load["asked"]["most_open"] < plan.connections:
        yield f"only {seen.load['asked']['most_open']} connections were open at once"
    if seen.exit_status != 0 or seen.shutdown_s > SHUTDOWN_TIMEOUT_S + 3:
        yield f"it ended with {seen.exit_status} after {seen.shutdown_s:.1f} s"
    if lost(seen):
        yield f"{len(lost(seen))} requests were begun and not answered"
    if set(seen.last["followed"]["closings"]) != {"1001"}:
        yield f"sockets were closed with {seen.last['followed']['closings']} at the shutdown"


def _broken_answers(seen: Observed) -> Iterator[str]:
    outcomes = Counter(row[3] for row in seen.load["asked"]["rows"])
    bad = {outcome: count for outcome, count in outcomes.items() if outcome not in STATUSES}
    if bad:
        yield f"outcomes that must not be: {bad}"
    ends = Counter(row[3] for row in seen.last["asked"]["rows"])
    if ends[BROKE_OFF] or ends[SILENT] or not ends[REFUSED]:
        yield f"outcomes at the shutdown that must not be: {dict(ends)}"
    codes = Counter(code for row in seen.load["asked"]["rows"] for code in row[4]) + Counter(
        seen.load["followed"]["codes"]
    )
    if codes["INTERNAL"]:
        yield f"{codes['INTERNAL']} internal errors"
    followed = seen.load["followed"]
    if followed["closings"] or "not connected" in followed["counts"]:
        yield f"sockets were closed, or not opened, under load: {followed['closings']}, {followed['counts']}"
    if [line for line in seen.log if not line.startswith("{")]:
        yield "the log has lines that are not JSON: a traceback, or a warning of Python"


def _left_behind(seen: Observed) -> Iterator[str]:
    assert seen.after is not None
    tasks = Counter(seen.after.tasks) - Counter(seen.base.tasks)
    if tasks:
        yield f"tasks were left: {dict(tasks)}"
    files = seen.after.sample.files - seen.base.sample.files
    if files > SPARE_FILES:
        yield f"{files} open files were left"
    blocks = seen.after.blocks - seen.base.blocks
    if blocks > MAX_BLOCKS:
        yield f"{blocks} blocks of memory were left, more than {MAX_BLOCKS}"
