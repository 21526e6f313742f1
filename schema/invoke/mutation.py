"""Invocations of trained functions."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers import invoke as resolve
from schema.common import Info
from schema.invoke.inputs import InvokeFunctionInput, InvokeFunctionsInput
from schema.invoke.outputs import FunctionOutput, Invocation
from schema.requests import invoke as requests
from schema.requests.declared import asks


@strawberry.type
class InvokeMutation:
    @strawberry.field(
        description="Invoke a trained function on one input.",
        graphql_type=FunctionOutput | None,
        **asks(requests.INVOKE),
    )
    async def invoke_function(self, info: Info, input: InvokeFunctionInput) -> Any:
        return await resolve.invoke(info.context, input.function_id, input.output, input.given(), input.options())

    @strawberry.field(
        description="Invoke a trained function on many inputs: one result for each, in their order.",
        graphql_type=list[Invocation] | None,
        **asks(requests.INVOKE_ALL),
    )
    async def invoke_functions(self, info: Info, input: InvokeFunctionsInput) -> Any:
        return await resolve.invoke_all(info.context, input.function_id, input.output, input.given(), input.options())
