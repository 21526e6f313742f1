"""Look-ups of stored functions."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers import function_admin as resolve
from schema.common import Info
from schema.function_admin.types import Function, FunctionInput, FunctionsInput


@strawberry.type
class FunctionAdminQuery:
    @strawberry.field(description="A stored function. Null when not found.", graphql_type=Function | None)
    async def function(self, info: Info, input: FunctionInput) -> Any:
        return await resolve.function(info.context, input.id)

    @strawberry.field(description="Stored functions, newest change first.", graphql_type=list[Function] | None)
    async def functions(self, info: Info, input: FunctionsInput | None = None) -> Any:
        page = input or FunctionsInput()
        return await resolve.functions(info.context, page.query, page.type, page.is_active, page.offset, page.count)
