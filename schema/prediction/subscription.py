"""Predictions to watch."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import strawberry

from resolvers.prediction_stream import stream_prediction
from schema.common import Info
from schema.prediction.predictions import CreatePredictionInput, Prediction
from schema.requests import prediction as requests
from schema.requests.declared import asks


@strawberry.type
class PredictionSubscription:
    @strawberry.subscription(
        description="Make a prediction and follow it: each state of a predictor that streams, one of any other.",
        graphql_type=Prediction | None,
        **asks(requests.PREDICT),
    )
    async def prediction(self, info: Info, input: CreatePredictionInput) -> AsyncGenerator[Any, None]:
        states = stream_prediction(
            info.context, input.tag, input.client, input.values(), input.data_url_limit, input.configuration
        )
        async with aclosing(states):
            async for state in states:
                yield state
