"""Look-ups of stored functions."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.roles import Role
from resolvers.function_admin import history
from resolvers.function_admin import look_ups as resolve
from schema.common import Info, requires
from schema.function_admin.inputs import FunctionDiffInput, FunctionInput, FunctionsInput, FunctionVersionInput
from schema.function_admin.types import Function
from schema.function_admin.versions import FunctionDiff, FunctionVersion
from schema.requests import function_admin as requests
from schema.requests.declared import asks


@strawberry.type
class FunctionAdminQuery:
    @strawberry.field(
        description="A stored function. Null when not found.",
        graphql_type=Function | None,
        **requires(Role.USER),
        **asks(requests.FUNCTION),
    )
    async def function(self, info: Info, input: FunctionInput) -> Any:
        return await resolve.function(info.context, input.id)

    @strawberry.field(
        description="Stored functions, newest change first.",
        graphql_type=list[Function] | None,
        **requires(Role.USER),
        **asks(requests.FUNCTIONS),
    )
    async def functions(self, info: Info, input: FunctionsInput | None = None) -> Any:
        page = input or FunctionsInput()
        return await resolve.functions(info.context, page.query, page.type, page.is_active, page.offset, page.count)

    @strawberry.field(
        description="A version of a function, from servers that keep them. Null when not found.",
        graphql_type=FunctionVersion | None,
        **requires(Role.ADMIN),
        **asks(requests.VERSION),
    )
    async def function_version(self, info: Info, input: FunctionVersionInput) -> Any:
        return await history.version(info.context, input.function_id, input.id)

    @strawberry.field(
        description="What lies between two versions of a function. Null when one is not found.",
        graphql_type=FunctionDiff | None,
        **requires(Role.ADMIN),
        **asks(requests.DIFF),
    )
    async def function_diff(self, info: Info, input: FunctionDiffInput) -> Any:
        return await history.diff(info.context, input.function_id, input.from_id, input.to_id)
