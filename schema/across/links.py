"""Fields from one backend's type to another's, for things that the operator has linked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import links as resolve
from schema.common import Info

if TYPE_CHECKING:
    from schema.deployment.types import Deployment
    from schema.function_admin.types import Function
    from schema.invoke.types import TrainedFunction
    from schema.prediction.predictors import Predictor


@strawberry.type
class ToPredictor:
    @strawberry.field(
        description="The predictor that the operator has linked to it, if any.",
        graphql_type=Annotated["Predictor", strawberry.lazy("schema.prediction.predictors")] | None,
    )
    async def predictor(self, info: Info, root: strawberry.Parent[Any]) -> Any:
        return await resolve.linked_predictor(info.context, root)


@strawberry.type
class ToDeployment:
    @strawberry.field(
        description="The deployment that the operator has linked to it, if any.",
        graphql_type=Annotated["Deployment", strawberry.lazy("schema.deployment.types")] | None,
    )
    async def deployment(self, info: Info, root: strawberry.Parent[Any]) -> Any:
        return await resolve.linked_deployment(info.context, root)


@strawberry.type
class ToFunction:
    @strawberry.field(
        description="The stored function that the operator has linked to it, if any.",
        graphql_type=Annotated["Function", strawberry.lazy("schema.function_admin.types")] | None,
    )
    async def function(self, info: Info, root: strawberry.Parent[Any]) -> Any:
        return await resolve.linked_function(info.context, root)


@strawberry.type
class ToTrainedFunction:
    @strawberry.field(
        description="The trained function that the operator has linked to it, if any.",
        graphql_type=Annotated["TrainedFunction", strawberry.lazy("schema.invoke.types")] | None,
    )
    async def trained_function(self, info: Info, root: strawberry.Parent[Any]) -> Any:
        return await resolve.linked_trained_function(info.context, root)
