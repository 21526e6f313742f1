"""Invocations of trained functions."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers import invoke as resolve
from schema.common import Info
from schema.invoke.types import FunctionOutput, InvokeFunctionInput


@strawberry.type
class InvokeMutation:
    @strawberry.field(description="Invoke a trained function on one input.", graphql_type=FunctionOutput | None)
    async def invoke_function(self, info: Info, input: InvokeFunctionInput) -> Any:
        return await resolve.invoke(info.context, input.function_id, input.data, **input.options())
