"""Predictions to make."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers import prediction as resolve
from schema.common import Info
from schema.prediction.predictions import CreatePredictionInput, Prediction


@strawberry.type
class PredictionMutation:
    @strawberry.field(
        description="Make a prediction (CLOUD), or get what a device needs to make it (EDGE).",
        graphql_type=Prediction | None,
    )
    async def create_prediction(self, info: Info, input: CreatePredictionInput) -> Any:
        return await resolve.create_prediction(
            info.context, input.tag, input.client, input.values(), input.data_url_limit, input.configuration
        )
