"""Search results and the upstreams' state."""

from __future__ import annotations

from typing import Annotated

import strawberry

from gateway.upstreams.resilience.breaker import BreakerState
from resolvers.search import SearchKind
from schema.common import described_enum
from schema.deployment.types import Deployment
from schema.function_admin.types import Function
from schema.invoke.types import TrainedFunction
from schema.prediction.predictors import Predictor

described_enum(
    SearchKind,
    "What a search can find.",
    {
        "PREDICTOR": "Predictors.",
        "DEPLOYMENT": "Deployed services.",
        "FUNCTION": "Stored functions.",
        "TRAINED_FUNCTION": "Trained functions, among the first 1,000.",
    },
)

described_enum(
    BreakerState,
    "Whether requests are sent to a backend. Too many failures open its breaker, which spares it for a while.",
    {
        "CLOSED": "They are.",
        "OPEN": "They fail at once, with UPSTREAM_UNAVAILABLE.",
        "HALF_OPEN": "One is, to see whether it has recovered; the others fail at once.",
    },
)

SearchItem = Annotated[
    Predictor | Deployment | Function | TrainedFunction,
    strawberry.union("SearchItem", description="What a search found."),
]


@strawberry.input(description="A search over the backends.")
class SearchInput:
    query: str = strawberry.field(description="Text to search for, 1 to 200 characters.")
    kinds: list[SearchKind] | None = strawberry.field(default=None, description="Only these kinds; all when null.")
    count: int | None = strawberry.field(default=None, description="Most results to return, 1 to 100. Defaults to 10.")


@strawberry.type(description="Something that a search found.")
class SearchResult:
    kind: SearchKind = strawberry.field(description="What it is.")
    score: float = strawberry.field(description="How well it fits, from 0 to 1.")
    id: strawberry.ID = strawberry.field(description="Its id, or its tag.")
    name: str | None = strawberry.field(description="Its name.")
    description: str | None = strawberry.field(description="What it says about itself.")
    item: SearchItem = strawberry.field(description="The thing itself.")


@strawberry.type(description="What a backend was asked in ten seconds, and how that went.")
class UpstreamTraffic:
    requests: int = strawberry.field(description="Requests that were answered or failed, each retry included.")
    errors: int = strawberry.field(description="Those of them that failed: a 5xx, no answer, or none in time.")
    latency: float | None = strawberry.field(description="Mean milliseconds until an answer; null without answers.")


@strawberry.type(description="A backend as the gateway sees it.")
class Upstream:
    name: str = strawberry.field(description="`prediction`, `deployment`, `function_admin` or `invoke`.")
    reachable: bool = strawberry.field(description="Whether it answered just now.")
    latency: float = strawberry.field(description="Milliseconds that the answer, or its failure, took.")
    code: str | None = strawberry.field(description="Error code, when it cannot be reached.")
    breaker: BreakerState = strawberry.field(description="Whether requests are sent to it at the moment.")
    requests: int = strawberry.field(
        description="Requests of the last five minutes that were answered or failed, at all its addresses and by all "
        "callers, each retry included; looking whether it is there does not count."
    )
    errors: int = strawberry.field(description="Those of them that failed: a 5xx, no answer, or none in time.")
    traffic: list[UpstreamTraffic] = strawberry.field(
        description="The last five minutes in 30 slices of ten seconds, the oldest first; the last one is not over yet."
    )
