"""Fields from one backend's type to another's, for things that the operator has linked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import links as resolve
from schema.common import Info
from schema.per_level import per_level
from schema.requests import deployment, function_admin, invoke, prediction
from schema.requests.declared import asks

if TYPE_CHECKING:
    from schema.deployment.types import Deployment
    from schema.function_admin.types import Function
    from schema.invoke.types import TrainedFunction
    from schema.prediction.predictors import Predictor


@strawberry.type
class ToPredictor:
    @per_level(
        description="The predictor that the operator has linked to it, if any.",
        graphql_type=Annotated["Predictor", strawberry.lazy("schema.prediction.predictors")] | None,
        **asks(prediction.LINKED_PREDICTOR),
    )
    async def predictor(self, info: Info, records: strawberry.Parent[list[Any]]) -> Any:
        return await resolve.linked_predictors(info.context, records)


@strawberry.type
class ToDeployment:
    @per_level(
        description="The deployment that the operator has linked to it, if any.",
        graphql_type=Annotated["Deployment", strawberry.lazy("schema.deployment.types")] | None,
        **asks(deployment.LINKED_DEPLOYMENT),
    )
    async def deployment(self, info: Info, records: strawberry.Parent[list[Any]]) -> Any:
        return await resolve.linked_deployments(info.context, records)


@strawberry.type
class ToFunction:
    @per_level(
        description="The stored function that the operator has linked to it, if any.",
        graphql_type=Annotated["Function", strawberry.lazy("schema.function_admin.types")] | None,
        **asks(function_admin.LINKED_FUNCTION),
    )
    async def function(self, info: Info, records: strawberry.Parent[list[Any]]) -> Any:
        return await resolve.linked_functions(info.context, records)


@strawberry.type
class ToTrainedFunction:
    @per_level(
        description="The trained function that the operator has linked to it, if any.",
        graphql_type=Annotated["TrainedFunction", strawberry.lazy("schema.invoke.types")] | None,
        **asks(invoke.LINKED_TRAINED_FUNCTION),
    )
    async def trained_function(self, info: Info, records: strawberry.Parent[list[Any]]) -> Any:
        return await resolve.linked_trained_functions(info.context, records)
