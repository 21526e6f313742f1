"""The scenarios of the peers: which queries, sent how, to whom, and what is aimed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.posts import servers
from benchmarks.posts.servers import (
    FLOOR,
    FNGRAPH,
    HIVE_GATEWAY,
    HIVE_SHARED,
    SHARED_FLOOR,
    STRAWBERRY,
    TAILCALL,
    TAILCALL_BATCHED,
)
from benchmarks.rig.load import AUTHORIZATION, REQUEST_ID, SAME

ALL = tuple(servers.KINDS)
UNSHARED = (FLOOR, FNGRAPH, TAILCALL, TAILCALL_BATCHED, HIVE_GATEWAY, STRAWBERRY)
SHARING = (SHARED_FLOOR, FNGRAPH, TAILCALL, HIVE_SHARED)
FNGRAPH_ONE_ID = "fngraph, one id"
"""fngraph once more, where each request has another id, with the same one each time."""


@dataclass(frozen=True)
class Aim:
    """fngraph's figure divided by that of ``other``, in the same scenario."""

    other: str
    at_least: float


@dataclass(frozen=True)
class Scenario:
    """``varied`` names the header that is another one with each request."""

    name: str
    query: str
    varied: str | None
    contenders: Sequence[str]
    aims: Sequence[Aim] = field(default=())
    connections: int = 50


@dataclass(frozen=True)
class Group:
    """Scenarios over one upstream. With ``alone``, also the latency that a single caller sees."""

    users: int
    delay_ms: int
    scenarios: Sequence[Scenario]
    alone: bool = True

    @property
    def name(self) -> str:
        return f"{self.users} users, upstream delay {self.delay_ms} ms"

    @property
    def contenders(self) -> list[str]:
        """Everyone that has a part in it, in the order of the tables."""
        return [name for name in ALL if any(name in scenario.contenders for scenario in self.scenarios)]


CALLERS_Q1 = Scenario(
    "callers",
    "Q1",
    AUTHORIZATION,
    UNSHARED,
    (Aim(FLOOR, 0.85), Aim(TAILCALL, 2), Aim(TAILCALL_BATCHED, 2), Aim(HIVE_GATEWAY, 12), Aim(STRAWBERRY, 16)),
)
CALLERS_100 = Scenario("callers", "Q1", AUTHORIZATION, UNSHARED, (Aim(FLOOR, 0.85), Aim(TAILCALL_BATCHED, 5)))
SHARED_AIMS = (Aim(SHARED_FLOOR, 0.75), Aim(TAILCALL, 0.6))
IDENTICAL_Q1 = Scenario("identical", "Q1", SAME, SHARING, SHARED_AIMS)
REQUEST_IDS_AIMS = (Aim(SHARED_FLOOR, 0.75), Aim(FNGRAPH_ONE_ID, 0.9))  # no loss, but for noise
REQUEST_IDS_Q1 = Scenario("request ids", "Q1", REQUEST_ID, SHARING, REQUEST_IDS_AIMS)

FULL = (
    Group(
        users=10,
        delay_ms=0,
        scenarios=(
            CALLERS_Q1,
            Scenario("callers", "Q2", AUTHORIZATION, UNSHARED, (Aim(FLOOR, 0.75),)),
            Scenario("callers", "Q3", AUTHORIZATION, UNSHARED, (Aim(FLOOR, 0.6),)),
            IDENTICAL_Q1,
            Scenario("identical", "Q2", SAME, SHARING, (Aim(SHARED_FLOOR, 0.75),)),
            Scenario("identical", "Q3", SAME, SHARING),
            REQUEST_IDS_Q1,
            Scenario("request ids", "Q2", REQUEST_ID, SHARING, REQUEST_IDS_AIMS),
        ),
    ),
    Group(users=100, delay_ms=0, scenarios=(CALLERS_100, IDENTICAL_Q1, REQUEST_IDS_Q1)),
    Group(users=10, delay_ms=10, scenarios=(CALLERS_Q1, IDENTICAL_Q1, REQUEST_IDS_Q1)),
    Group(users=100, delay_ms=10, scenarios=(CALLERS_100,)),
)
"""All of them: both numbers of users, both delays, all three ways to send."""

QUICK = (
    Group(
        users=10,
        delay_ms=0,
        alone=False,
        scenarios=(
            CALLERS_Q1,
            Scenario("callers", "Q2", AUTHORIZATION, (FLOOR, FNGRAPH), (Aim(FLOOR, 0.75),)),
            Scenario("callers", "Q3", AUTHORIZATION, (FLOOR, FNGRAPH), (Aim(FLOOR, 0.6),)),
            Scenario("identical", "Q1", SAME, (SHARED_FLOOR, FNGRAPH, TAILCALL), SHARED_AIMS),
            Scenario("request ids", "Q1", REQUEST_ID, (SHARED_FLOOR, FNGRAPH, TAILCALL), REQUEST_IDS_AIMS),
        ),
    ),
    Group(
        users=10,
        delay_ms=10,
        scenarios=(Scenario("callers", "Q1", AUTHORIZATION, (FLOOR, FNGRAPH), (Aim(FLOOR, 0.85),)),),
    ),
    Group(
        users=100,
        delay_ms=0,
        alone=False,
        scenarios=(
            Scenario(
                "callers",
                "Q1",
                AUTHORIZATION,
                (FLOOR, FNGRAPH, TAILCALL_BATCHED),
                (Aim(FLOOR, 0.85), Aim(TAILCALL_BATCHED, 5)),
            ),
        ),
    ),
)
"""What matters most, in a few minutes."""
