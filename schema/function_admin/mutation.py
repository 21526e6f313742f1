"""Changes of stored functions."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.upstreams.function_admin import FunctionForm
from resolvers import function_admin as resolve
from schema.common import Info
from schema.function_admin.types import (
    CreateFunctionInput,
    DeleteFunctionInput,
    Function,
    ToggleFunctionInput,
    UpdateFunctionInput,
)


@strawberry.type
class FunctionAdminMutation:
    @strawberry.field(description="Store a new function.", graphql_type=Function | None)
    async def create_function(self, info: Info, input: CreateFunctionInput) -> Any:
        meta = {**(input.meta or {}), "description": input.description}
        form = FunctionForm(id=input.id, name=input.name, content=input.content, meta=meta)
        return await resolve.create(info.context, form)

    @strawberry.field(description="Change a function; its switches and valves stay.", graphql_type=Function | None)
    async def update_function(self, info: Info, input: UpdateFunctionInput) -> Any:
        description = {} if input.description is None else {"description": input.description}
        return await resolve.update(
            info.context, input.id, input.name, input.content, {**(input.meta or {}), **description}
        )

    @strawberry.field(description="Delete a function. True when it is gone; NOT_FOUND when it never was there.")
    async def delete_function(self, info: Info, input: DeleteFunctionInput) -> bool | None:
        return await resolve.delete(info.context, input.id)

    @strawberry.field(description="Flip whether a function is active.", graphql_type=Function | None)
    async def toggle_function(self, info: Info, input: ToggleFunctionInput) -> Any:
        return await resolve.toggle(info.context, input.id)
