"""Look-ups that span the backends."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers import search as resolve_search
from resolvers import upstreams as resolve_upstreams
from schema.across.types import SearchInput, SearchResult, Upstream
from schema.common import Info
from schema.requests import across as requests
from schema.requests.declared import asks


@strawberry.type
class AcrossQuery:
    @strawberry.field(
        description="Search all backends side by side, best results first. A backend that fails costs a null at the "
        "end of the list, with its error.",
        graphql_type=list[SearchResult | None] | None,
        **asks(requests.SEARCH),
    )
    async def search(self, info: Info, input: SearchInput) -> Any:
        return await resolve_search.search(info.context, input.query, input.kinds, input.count)

    @strawberry.field(
        description="State of the backends, at most a second old.",
        graphql_type=list[Upstream] | None,
        **asks(requests.REACH),
    )
    async def upstreams(self, info: Info) -> Any:
        return await resolve_upstreams.upstreams(info.context)
