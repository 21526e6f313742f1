"""Versions of stored functions, which servers keep from 0.12 on."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.upstreams.function_admin import records
from resolvers.function_admin import history as resolve
from schema.common import Info
from schema.per_level import per_level
from schema.requests import function_admin as requests
from schema.requests.declared import asks
from schema.scalars import DateTime, JSONObject


@strawberry.type(description="What a version holds.")
class FunctionSnapshot:
    name: str = strawberry.field(description="Display name.")
    content: str = strawberry.field(description="Python code.")
    meta: JSONObject = strawberry.field(description="Members of `meta`, without those that the server writes.")


@strawberry.type(description="A version of a function.")
class FunctionVersion:
    id: strawberry.ID = strawberry.field(description="Version id.")
    parent_id: strawberry.ID | None = strawberry.field(description="Version that it came from.")
    commit_message: str | None = strawberry.field(description="What was said about it.")
    created: DateTime = strawberry.field(name="createdAt", description="When it was stored.")

    @strawberry.field(description="Name of who stored it; null when the account is gone.")
    def author(self, root: strawberry.Parent[records.Version]) -> str | None:
        return root.user.name if root.user else None

    @per_level(
        description="What it holds.",
        graphql_type=FunctionSnapshot | None,
        **asks(requests.SNAPSHOT),
    )
    async def snapshot(self, info: Info, versions: strawberry.Parent[list[records.Version]]) -> Any:
        return await resolve.snapshots(info.context, versions)


@strawberry.type(description="What lies between two versions of a function.")
class FunctionDiff:
    from_id: strawberry.ID = strawberry.field(description="Version compared from.")
    to_id: strawberry.ID = strawberry.field(description="Version compared to.")
    content_diff: str = strawberry.field(description="Changes of the code, as a unified diff.")
    line_endings_only: bool = strawberry.field(description="Whether the codes differ in nothing but line endings.")
    metadata: JSONObject = strawberry.field(
        description="Changed members out of `name` and `meta`, each with `before` and `after`."
    )
