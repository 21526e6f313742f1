"""Look-ups of trained functions."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers import invoke as resolve
from schema.common import Info
from schema.invoke.inputs import TrainedFunctionInput, TrainedFunctionsInput
from schema.invoke.types import TrainedFunction
from schema.requests import invoke as requests
from schema.requests.declared import asks


@strawberry.type
class InvokeQuery:
    @strawberry.field(
        description="A trained function. Null when not found.",
        graphql_type=TrainedFunction | None,
        **asks(requests.TRAINED_FUNCTION),
    )
    async def trained_function(self, info: Info, input: TrainedFunctionInput) -> Any:
        return await resolve.trained_function(info.context, input.id)

    @strawberry.field(
        description="Trained functions.",
        graphql_type=list[TrainedFunction] | None,
        **asks(requests.TRAINED_FUNCTIONS),
    )
    async def trained_functions(self, info: Info, input: TrainedFunctionsInput | None = None) -> Any:
        page = input or TrainedFunctionsInput()
        return await resolve.trained_functions(info.context, page.offset, page.count)
