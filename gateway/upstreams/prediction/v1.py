"""Function's REST API since November 2024, under ``/v1``.

It has no search, no other users, no lists, no environment variables, and compiles predictors from code, not notebooks.
Source: the clients fxn 0.0.42 and later, fxnjs 0.0.42 and later.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from gateway.errors import BadInput
from gateway.upstreams.api import Api
from gateway.upstreams.prediction.client import confirmed, tag_path
from gateway.upstreams.prediction.records import (
    EnvironmentVariable,
    Prediction,
    Predictor,
    PredictorForm,
    PredictorStatus,
    PredictorType,
    Profile,
    ProfileForm,
    Record,
    UploadForm,
    UploadType,
    Value,
    VariableForm,
)
from gateway.upstreams.prediction.streaming import EVENT_STREAM, streamed

REMOTE = "/v1/predictions/remote"


class _CreatedValue(Record):
    upload_url: str


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
        """``POST /v1/predictions/remote``; ``POST /v1/predictions`` for a caller that brings a configuration.

        v1 has its own limit for data URLs, so ``data_url_limit`` is not sent.
        """
        if configuration is not None:
            body = {"tag": tag, "clientId": client, "configurationId": configuration}
            prediction = await self._api.json("POST", "/v1/predictions", Prediction, body=body)
            prediction.type = PredictorType.EDGE
            return prediction
        return await self._api.json("POST", REMOTE, Prediction, body=_remote(tag, inputs, client))

    async def stream_prediction(
        self,
        tag: str,
        inputs: Mapping[str, Value],
        *,
        client: str,
        data_url_limit: int | None,
        configuration: str | None,
    ) -> AsyncGenerator[Prediction, None]:
        """``POST /v1/predictions/remote`` with ``"stream": true``; what is for a device comes once."""
        if configuration is not None:
            yield await self.create_prediction(
                tag, inputs, client=client, data_url_limit=data_url_limit, configuration=configuration
            )
            return
        body = {**_remote(tag, inputs, client), "stream": True}
        states = streamed(self._api, REMOTE, body=body, headers={"Accept": EVENT_STREAM})
        async with aclosing(states):
            async for state in states:
                yield state

    async def update_user(self, form: ProfileForm) -> Profile:
        raise _unsupported("change a user")

    async def create_predictor(self, form: PredictorForm) -> Predictor:
        raise _unsupported("create a predictor from a notebook")

    async def archive_predictor(self, tag: str) -> Predictor | None:
        """``POST /v1/predictors/{tag}/archive``, whose answer no client reads; then ``GET /v1/predictors/{tag}``."""
        await self._api.send("POST", f"/v1/predictors/{tag_path(tag)}/archive")
        return await self.predictor(tag)

    async def delete_predictor(self, tag: str) -> bool:
        """``DELETE /v1/predictors/{tag}``."""
        return confirmed(await self._api.send("DELETE", f"/v1/predictors/{tag_path(tag)}"))

    async def environment_variables(self, username: str) -> list[EnvironmentVariable]:
        raise _unsupported("list environment variables")

    async def create_environment_variable(self, form: VariableForm, organization: str | None) -> EnvironmentVariable:
        raise _unsupported("create environment variables")

    async def delete_environment_variable(self, name: str, organization: str | None) -> bool:
        raise _unsupported("delete environment variables")

    async def create_upload_url(self, form: UploadForm) -> str:
        """``POST /v1/values``; it takes values of predictions only."""
        if form.type not in (UploadType.VALUE, UploadType.FEATURE):
            raise _unsupported(f"upload files of type {form.type.value}")
        return (await self._api.json("POST", "/v1/values", _CreatedValue, body={"name": form.name})).upload_url


def _remote(tag: str, inputs: Mapping[str, Value], client: str) -> dict[str, Any]:
    return {"tag": tag, "inputs": inputs, "acceleration": "auto", "clientId": client}


def _unsupported(what: str) -> BadInput:
    return BadInput(f"The prediction upstream speaks API v1, which cannot {what}.", service="prediction")
