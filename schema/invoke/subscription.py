"""Invocations of many inputs, with their progress."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import strawberry

from resolvers import invoke as resolve
from schema.common import Info
from schema.invoke.inputs import InvokeFunctionsInput
from schema.invoke.outputs import InvocationProgress
from schema.requests import invoke as requests
from schema.requests.declared import asks


@strawberry.type
class InvokeSubscription:
    @strawberry.subscription(
        description="Invoke a trained function on many inputs: each result as it comes.",
        graphql_type=InvocationProgress | None,
        **asks(requests.INVOKE_ALL),
    )
    async def invoke_functions(self, info: Info, input: InvokeFunctionsInput) -> AsyncGenerator[Any, None]:
        items = resolve.invoke_each(info.context, input.function_id, input.output, input.given(), input.options())
        async with aclosing(items):
            async for item in items:
                yield item
