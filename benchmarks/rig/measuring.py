"""One measurement, and many of them in interleaved rounds: A B C A B C, so that a slow minute slows all alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from benchmarks.rig.counting import Counter
from benchmarks.rig.load import Load, Request
from benchmarks.rig.processes import Server

Generate = Callable[[int, Request], Load]
"""Sends load to a port."""


@dataclass(frozen=True)
class Figures:
    """What one measurement found; ``per_cpu_s`` is queries per CPU second of the gateway's processes."""

    per_cpu_s: float
    per_s: float
    p50_ms: float
    p99_ms: float
    upstream_per_query: float
    rss_mb: float
    failed: float


@dataclass(frozen=True)
class Contender:
    """A running server in one comparison. ``alone`` is what one query alone asks of the upstream.

    ``name`` is the server's, unless it takes part more than once.
    """

    name: str
    server: Server
    request: Request
    counter: Counter
    alone: int


def measured(contender: Contender, generate: Generate) -> Figures:
    """One measurement, from rest to rest."""
    server = contender.server
    before_s = server.settle()
    contender.counter.forget()
    load = generate(server.port, contender.request)
    spent_s = max(server.settle() - before_s, 0.01)
    asked = contender.counter.count()
    # wrk leaves without waiting for the last answers, which cost CPU all the same. Where nothing is shared, the
    # upstream's count tells how many queries there were.
    queries = max(load.requests, round(asked / contender.alone) if contender.alone else 0, 1)
    return Figures(
        per_cpu_s=queries / spent_s,
        per_s=load.requests / load.duration_s,
        p50_ms=load.p50_ms,
        p99_ms=load.p99_ms,
        upstream_per_query=asked / queries,
        rss_mb=server.rss_mb(),
        failed=load.failed,
    )


def rounds(contenders: Sequence[Contender], generate: Generate, count: int) -> dict[str, list[Figures]]:
    """The figures of each contender, one for each round; the first of a round is another one each time."""
    found: dict[str, list[Figures]] = {contender.name: [] for contender in contenders}
    for number in range(count):
        start = number % max(1, len(contenders))
        for contender in [*contenders[start:], *contenders[:start]]:
            found[contender.name].append(measured(contender, generate))
    return found


def median(figures: Sequence[Figures]) -> Figures:
    """The median of each figure."""
    values = {
        member.name: statistics.median(getattr(one, member.name) for one in figures) for member in fields(Figures)
    }
    return Figures(**values)


def ratio(ours: Sequence[Figures], other: Sequence[Figures], figure: str) -> float:
    """The median over the rounds of our figure divided by the other's in the same round."""
    found: float = statistics.median(getattr(a, figure) / getattr(b, figure) for a, b in zip(ours, other, strict=True))
    return found


def plain(figures: Figures) -> dict[str, Any]:
    return {name: round(value, 3) for name, value in asdict(figures).items()}
