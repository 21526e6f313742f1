"""The upstreams themselves."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.context import Context
from gateway.upstreams.resilience.breaker import BreakerState


@dataclass(frozen=True, slots=True)
class UpstreamState:
    """Whether an upstream answers; ``latency`` is in milliseconds, ``code`` says why it does not."""

    name: str
    reachable: bool
    latency: float
    code: str | None
    breaker: BreakerState


async def upstreams(context: Context) -> list[UpstreamState]:
    reached = await context.upstreams.reach_all()
    by_name = context.upstreams.by_name
    return [
        UpstreamState(name, reach.reachable, round(reach.duration_s * 1000, 3), reach.code, by_name[name].breaker)
        for name, reach in reached.items()
    ]
