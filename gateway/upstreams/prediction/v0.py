"""Function's REST API as it was until November 2024 ("REST API effectively forwards to graph API").

Documented by the vendor: ``GET /user`` and ``POST /predict/{tag}``. The other reads are their graph fields' twins by
the same rule; docs/decisions/0004 says which path was taken for each, and why.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.upstreams.http import Api, segment
from gateway.upstreams.prediction.client import tag_path
from gateway.upstreams.prediction.records import Prediction, Predictor, PredictorStatus, Profile, Value


class PredictionV0:
    """Implements ``PredictionClient``."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def current_user(self) -> Profile:
        """``GET /user``."""
        return await self._api.get("/user", Profile)

    async def user(self, username: str) -> Profile | None:
        """``GET /users/{username}``."""
        return await self._api.find(f"/users/{segment(username)}", Profile)

    async def predictor(self, tag: str) -> Predictor | None:
        """``GET /predictors/{tag}``."""
        return await self._api.find(f"/predictors/{tag_path(tag)}", Predictor)

    async def predictors(self, query: str | None, offset: int, count: int) -> list[Predictor]:
        """``GET /predictors?query&offset&count``."""
        search = {"query": query} if query else {}
        page = {"offset": str(offset), "count": str(count)}
        return await self._api.get("/predictors", list[Predictor], {**search, **page})

    async def user_predictors(
        self, username: str | None, status: PredictorStatus, offset: int, count: int
    ) -> list[Predictor]:
        """``GET /users/{username}/predictors?status&offset&count``."""
        name = username if username is not None else (await self.current_user()).username
        query = {"status": status.value, "offset": str(offset), "count": str(count)}
        return await self._api.get(f"/users/{segment(name)}/predictors", list[Predictor], query)

    async def create_prediction(
        self,
        tag: str,
        inputs: Mapping[str, Value],
        *,
        client: str,
        data_url_limit: int | None,
        configuration: str | None,
    ) -> Prediction:
        """``POST /predict/{tag}?rawOutputs=true[&dataUrlLimit]``, inputs keyed by name."""
        query = {"rawOutputs": "true"}
        if data_url_limit is not None:
            query["dataUrlLimit"] = str(data_url_limit)
        headers = {"fxn-client": client}
        if configuration is not None:
            headers["fxn-configuration-token"] = configuration
        path = f"/predict/{tag_path(tag)}"
        answer = await self._api.send("POST", path, query=query, body=inputs, headers=headers)
        return self._api.decode(answer, Prediction)
