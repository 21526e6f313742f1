"""Look-ups of users and predictors."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers import prediction as resolve
from schema.common import Info
from schema.prediction.predictors import Predictor, PredictorInput, PredictorsInput
from schema.prediction.profiles import Profile, UserInput
from schema.requests import prediction as requests
from schema.requests.declared import asks


@strawberry.type
class PredictionQuery:
    @strawberry.field(
        description="A user or organization; the current user when `input` or its name is null. Null when not found.",
        graphql_type=Profile | None,
        **asks(requests.USER),
    )
    async def user(self, info: Info, input: UserInput | None = None) -> Any:
        return await resolve.user(info.context, (input.username or input.organization) if input else None)

    @strawberry.field(
        description="A predictor. Null when not found.",
        graphql_type=Predictor | None,
        **asks(requests.PREDICTOR),
    )
    async def predictor(self, info: Info, input: PredictorInput) -> Any:
        return await resolve.predictor(info.context, input.tag)

    @strawberry.field(
        description="Search active predictors.",
        graphql_type=list[Predictor] | None,
        **asks(requests.PREDICTORS),
    )
    async def predictors(self, info: Info, input: PredictorsInput | None = None) -> Any:
        page = input or PredictorsInput()
        return await resolve.predictors(info.context, page.query, page.offset, page.count)
