"""The upstreams themselves."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.context import Context
from gateway.upstreams.http import Reach, Upstream
from gateway.upstreams.resilience.breaker import BreakerState
from gateway.upstreams.resilience.traffic import Slice


@dataclass(frozen=True, slots=True)
class TrafficSlice:
    """Requests of ten seconds; ``latency`` is the mean of its answers, in milliseconds."""

    requests: int
    errors: int
    latency: float | None


@dataclass(frozen=True, slots=True)
class UpstreamState:
    """Whether an upstream answers; ``latency`` is in milliseconds, ``code`` says why it does not."""

    name: str
    reachable: bool
    latency: float
    code: str | None
    breaker: BreakerState
    requests: int
    errors: int
    traffic: list[TrafficSlice]


async def upstreams(context: Context) -> list[UpstreamState]:
    reached = await context.upstreams.reach_all()
    return [_state(context.upstreams.by_name[name], reach) for name, reach in reached.items()]


def _state(upstream: Upstream, reach: Reach) -> UpstreamState:
    slices = upstream.traffic.slices()
    return UpstreamState(
        upstream.service,
        reach.reachable,
        round(reach.duration_s * 1000, 3),
        reach.code,
        upstream.breaker,
        sum(each.requests for each in slices),
        sum(each.errors for each in slices),
        [_traffic(each) for each in slices],
    )


def _traffic(counted: Slice) -> TrafficSlice:
    latency = round(counted.seconds * 1000 / counted.answers, 3) if counted.answers else None
    return TrafficSlice(counted.requests, counted.errors, latency)
