"""Function's REST API as it was until November 2024 ("REST API effectively forwards to graph API").

Documented by the vendor: ``GET /user``, ``POST /predictors``, ``POST /predictors/{tag}/archive``, ``DELETE
/predictors/{tag}``, ``POST /environmentVariables``, ``DELETE /environmentVariables/{name}``, ``POST /predict/{tag}``.
The others are their graph fields' twins by the same rule; docs/decisions/0004 says which path was taken, and why.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

from gateway.errors import BadInput
from gateway.upstreams.api import Api
from gateway.upstreams.prediction.client import confirmed, tag_path
from gateway.upstreams.prediction.records import (
    EnvironmentVariable,
    Prediction,
    Predictor,
    PredictorForm,
    PredictorStatus,
    Profile,
    ProfileForm,
    Record,
    UploadForm,
    Value,
    VariableForm,
)
from gateway.upstreams.prediction.streaming import streamed
from gateway.upstreams.requests import segment


class _UploadUrl(Record):
    url: str


class _VariableBody(Record, omit_defaults=True):
    name: str
    value: str
    organization: str | None = None


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
        path = f"/predict/{tag_path(tag)}"
        query, headers = _predict_query(data_url_limit), _predict_headers(client, configuration)
        answer = await self._api.send("POST", path, query=query, body=inputs, headers=headers)
        return self._api.decode(answer, Prediction)

    def stream_prediction(
        self,
        tag: str,
        inputs: Mapping[str, Value],
        *,
        client: str,
        data_url_limit: int | None,
        configuration: str | None,
    ) -> AsyncGenerator[Prediction, None]:
        """``POST /predict/{tag}?stream=true&rawOutputs=true[&dataUrlLimit]``."""
        path = f"/predict/{tag_path(tag)}"
        query = {"stream": "true", **_predict_query(data_url_limit)}
        return streamed(self._api, path, query=query, body=inputs, headers=_predict_headers(client, configuration))

    async def update_user(self, form: ProfileForm) -> Profile:
        """``PATCH /user``."""
        return await self._api.json("PATCH", "/user", Profile, body=form)

    async def create_predictor(self, form: PredictorForm) -> Predictor:
        """``POST /predictors``."""
        return await self._api.json("POST", "/predictors", Predictor, body=form)

    async def archive_predictor(self, tag: str) -> Predictor | None:
        """``POST /predictors/{tag}/archive``."""
        return await self._api.json("POST", f"/predictors/{tag_path(tag)}/archive", Predictor)

    async def delete_predictor(self, tag: str) -> bool:
        """``DELETE /predictors/{tag}``."""
        return confirmed(await self._api.send("DELETE", f"/predictors/{tag_path(tag)}"))

    async def environment_variables(self, username: str) -> list[EnvironmentVariable]:
        """``GET /users/{username}/environmentVariables``."""
        return await self._api.get(f"/users/{segment(username)}/environmentVariables", list[EnvironmentVariable])

    async def create_environment_variable(self, form: VariableForm, organization: str | None) -> EnvironmentVariable:
        """``POST /environmentVariables``."""
        body = _VariableBody(form.name, form.value, organization)
        return await self._api.json("POST", "/environmentVariables", EnvironmentVariable, body=body)

    async def delete_environment_variable(self, name: str, organization: str | None) -> bool:
        """``DELETE /environmentVariables/{name}[?organization]``."""
        query = {"organization": organization} if organization is not None else None
        return confirmed(await self._api.send("DELETE", f"/environmentVariables/{segment(name)}", query=query))

    async def create_upload_url(self, form: UploadForm) -> str:
        """``POST /uploadUrls``."""
        return (await self._api.json("POST", "/uploadUrls", _UploadUrl, body=form)).url


def _predict_query(data_url_limit: int | None) -> dict[str, str]:
    limit = {} if data_url_limit is None else {"dataUrlLimit": str(data_url_limit)}
    return {"rawOutputs": "true", **limit}


def _predict_headers(client: str, configuration: str | None) -> dict[str, str]:
    """Raises ``BadInput`` for a token that no header can hold (RFC 9110, section 5.5: no control characters)."""
    if configuration is not None and not configuration.isprintable():
        raise BadInput("`configuration` holds characters that cannot be sent in a header.")
    token = {} if configuration is None else {"fxn-configuration-token": configuration}
    return {"fxn-client": client, **token}
