"""Function's REST API since November 2024, under ``/v1``. It has no search, no other users and no lists.

Source: the clients fxn 0.0.42 and later, fxnjs 0.0.42 and later.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.errors import BadInput
from gateway.upstreams.http import Api
from gateway.upstreams.prediction.client import tag_path
from gateway.upstreams.prediction.records import (
    Prediction,
    Predictor,
    PredictorStatus,
    PredictorType,
    Profile,
    Value,
)


class PredictionV1:
    """Implements ``PredictionClient``; what v1 lacks raises ``BadInput`` with a text that says so."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def current_user(self) -> Profile:
        """``GET /v1/users``."""
        return await self._api.get("/v1/users", Profile)

    async def user(self, username: str) -> Profile | None:
        me = await self.current_user()
        if me.username == username:
            return me
        raise _unsupported("look up other users")

    async def predictor(self, tag: str) -> Predictor | None:
        """``GET /v1/predictors/{tag}``."""
        return await self._api.find(f"/v1/predictors/{tag_path(tag)}", Predictor)

    async def predictors(self, query: str | None, offset: int, count: int) -> list[Predictor]:
        raise _unsupported("search predictors")

    async def user_predictors(
        self, username: str | None, status: PredictorStatus, offset: int, count: int
    ) -> list[Predictor]:
        raise _unsupported("list a user's predictors")

    async def create_prediction(
        self,
        tag: str,
        inputs: Mapping[str, Value],
        *,
        client: str,
        data_url_limit: int | None,
        configuration: str | None,
    ) -> Prediction:
        """``POST /v1/predictions/remote``; ``POST /v1/predictions`` for a caller that brings a configuration."""
        if configuration is not None:
            body = {"tag": tag, "clientId": client, "configurationId": configuration}
            prediction = await self._api.json("POST", "/v1/predictions", Prediction, body=body)
            prediction.type = PredictorType.EDGE
            return prediction
        remote = {"tag": tag, "inputs": inputs, "acceleration": "auto", "clientId": client}
        return await self._api.json("POST", "/v1/predictions/remote", Prediction, body=remote)


def _unsupported(what: str) -> BadInput:
    return BadInput(f"The prediction upstream speaks API v1, which cannot {what}.", service="prediction")
