"""The API beside ``/graph``: "Isomorphic graph and REST API. REST API effectively forwards to graph API." (docs.fxn.ai)

Documented by the vendor: ``GET /user``, ``POST /predictors``, ``POST /predictors/{tag}/archive``, ``DELETE
/predictors/{tag}``, ``POST /environmentVariables``, ``DELETE /environmentVariables/{name}`` and ``POST
/predict/{tag}``. The other routes are the twins of the remaining graph fields by symmetry; the vendor documents none of
them, and no client calls them: ``PATCH /user``, ``GET /users/...``, ``GET /predictors...`` and ``POST /uploadUrls``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

from aiohttp import web

from gateway.sandbox.prediction.callers import Caller, Callers
from gateway.sandbox.prediction.errors import ApiError, Route
from gateway.sandbox.prediction.inputs import (
    CreateEnvironmentVariableInput,
    CreatePredictorInput,
    CreateUploadUrlInput,
    DeleteEnvironmentVariableInput,
    UpdateUserInput,
    body_as,
    check_predictor,
    number,
    page,
)
from gateway.sandbox.prediction.predictions import Predictions
from gateway.sandbox.prediction.records import Records
from gateway.sandbox.prediction.shapes import predictor_v0, profile_v0
from gateway.sandbox.prediction.storage import Storage
from gateway.sandbox.prediction.values import decode_inputs
from gateway.sandbox.store import Document

TAG = "{tag:@[^/]+/[^/]+}"
STATUSES = ("PROVISIONING", "ACTIVE", "INVALID", "ARCHIVED")
STREAM_PAUSE_S = 0.02
"""Long enough for each object of a stream to leave, and arrive, alone."""
FIRST_MEMBERS = ("id", "tag", "type", "created")


class RoutesV0:
    """Handlers by route."""

    def __init__(self, callers: Callers, records: Records, predictions: Predictions, storage: Storage) -> None:
        self._callers = callers
        self._records = records
        self._predictions = predictions
        self._storage = storage

    def routes(self) -> list[Route]:
        return [
            ("GET", "/user", self._current_user),
            ("PATCH", "/user", self._update_user),
            ("GET", "/users/{username}", self._user),
            ("GET", "/users/{username}/predictors", self._user_predictors),
            ("GET", "/users/{username}/environmentVariables", self._environment_variables),
            ("GET", "/predictors", self._search),
            ("POST", "/predictors", self._create_predictor),
            ("GET", f"/predictors/{TAG}", self._predictor),
            ("DELETE", f"/predictors/{TAG}", self._delete_predictor),
            ("POST", f"/predictors/{TAG}/archive", self._archive_predictor),
            ("POST", f"/predict/{TAG}", self._predict),
            ("POST", "/environmentVariables", self._create_environment_variable),
            ("DELETE", "/environmentVariables/{name}", self._delete_environment_variable),
            ("POST", "/uploadUrls", self._create_upload_url),
        ]

    async def _current_user(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        return web.json_response(profile_v0(self._records.profile(caller.signed_in()), caller))

    async def _update_user(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        profile = self._records.profile(caller.signed_in())
        wanted = await body_as(request, UpdateUserInput)
        profile |= wanted.given()
        self._records.profiles[profile["username"]] = profile
        return web.json_response(profile_v0(profile, caller))

    async def _user(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        return web.json_response(profile_v0(self._records.profile(request.match_info["username"]), caller))

    async def _user_predictors(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        owner = self._records.profile(request.match_info["username"])["username"]
        status = request.query.get("status", "ACTIVE")
        if status not in STATUSES:
            raise ApiError(400, f"status must be one of {', '.join(STATUSES)}, not {status!r}")
        rows = self._records.visible_predictors(caller)
        return self._page(request, caller, [row for row in rows if row["owner"] == owner and row["status"] == status])

    async def _environment_variables(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        owner = self._records.acting_for(request.match_info["username"], caller)
        rows = self._records.variables.documents()
        return web.json_response([{"name": row["name"]} for row in rows if row["owner"] == owner])

    async def _search(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        query = request.query.get("query", "").lower()
        rows = [row for row in self._records.visible_predictors(caller) if row["status"] == "ACTIVE"]
        return self._page(request, caller, [row for row in rows if query in _searched(row)])

    async def _create_predictor(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        caller.signed_in()
        wanted = await body_as(request, CreatePredictorInput)
        check_predictor(wanted)
        return self._predictor_response(self._records.create_predictor(wanted, caller), caller)

    async def _predictor(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        return self._predictor_response(self._records.predictor(request.match_info["tag"], caller), caller)

    async def _archive_predictor(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        return self._predictor_response(self._records.archive_predictor(request.match_info["tag"], caller), caller)

    async def _delete_predictor(self, request: web.Request) -> web.StreamResponse:
        self._records.delete_predictor(request.match_info["tag"], self._callers.of(request))
        return web.json_response(True)

    async def _predict(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        predictor = self._predictions.usable_predictor(request.match_info["tag"], caller)
        inputs = decode_inputs(await body_as(request, object), self._storage.read)
        streaming = request.query.get("stream") == "true"
        if predictor["type"] == "EDGE":
            prediction = self._predictions.edge(predictor, caller)
            if streaming and "fxn-configuration-token" not in request.headers:
                # fxn 0.0.22 and 0.0.23 know no configuration, and refuse an object with further members.
                prediction = {member: prediction[member] for member in FIRST_MEMBERS}
            return web.json_response(prediction)
        predictions = self._predictions.remote(predictor, inputs, caller, number(request, "dataUrlLimit"))
        return await _stream(request, predictions) if streaming else web.json_response([*predictions][-1])

    async def _create_environment_variable(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        wanted = await body_as(request, CreateEnvironmentVariableInput)
        owner = self._records.acting_for(wanted.organization or request.query.get("organization"), caller)
        self._records.variables[f"{owner}/{wanted.name}"] = {"owner": owner, "name": wanted.name}
        return web.json_response({"name": wanted.name})

    async def _delete_environment_variable(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        has_body = bool(await request.read())
        wanted = (
            await body_as(request, DeleteEnvironmentVariableInput) if has_body else DeleteEnvironmentVariableInput()
        )
        owner = self._records.acting_for(wanted.organization or request.query.get("organization"), caller)
        name = request.match_info["name"]
        if self._records.variables.pop(f"{owner}/{name}", None) is None:
            raise ApiError(404, f"{owner} has no environment variable {name!r}")
        return web.json_response(True)

    async def _create_upload_url(self, request: web.Request) -> web.StreamResponse:
        self._callers.of(request)
        wanted = await body_as(request, CreateUploadUrlInput)
        return web.json_response({"url": self._storage.create_upload_url(wanted)})

    def _page(self, request: web.Request, caller: Caller, rows: list[Document]) -> web.Response:
        return web.json_response([predictor_v0(row, self._records, caller) for row in page(request, rows)])

    def _predictor_response(self, predictor: Document, caller: Caller) -> web.Response:
        return web.json_response(predictor_v0(predictor, self._records, caller))


def _searched(predictor: Document) -> str:
    return f"{predictor['tag']} {predictor['description'] or ''}".lower()


async def _stream(request: web.Request, predictions: Iterator[Document]) -> web.StreamResponse:
    """One JSON object per write: clients parse each network read on its own."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for prediction in predictions:
        await response.write(json.dumps(prediction).encode())
        await asyncio.sleep(STREAM_PAUSE_S)
    return response
