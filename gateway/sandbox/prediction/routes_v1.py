"""The API under ``/v1``, from November 2024. Every predictor is compiled: a client gets a configuration and resources
(``POST /v1/predictions``), or has the prediction made on the server (``POST /v1/predictions/remote``), as server-sent
events if it asks for ``"stream": true``. Enumerations are in upper case, as the clients want them until fxn 0.0.53.
Source: the clients fxn 0.0.41 to 0.0.53 and muna of December 2025.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

from aiohttp import web

from gateway.sandbox.prediction.callers import Caller, Callers
from gateway.sandbox.prediction.errors import Route
from gateway.sandbox.prediction.inputs import (
    CreateEdgePredictionInput,
    CreateRemotePredictionInput,
    CreateUploadUrlInput,
    CreateValueInput,
    body_as,
)
from gateway.sandbox.prediction.predictions import Predictions
from gateway.sandbox.prediction.records import Records
from gateway.sandbox.prediction.routes_v0 import STREAM_PAUSE_S, TAG
from gateway.sandbox.prediction.shapes import predictor_v1, profile_v1
from gateway.sandbox.prediction.storage import Storage
from gateway.sandbox.prediction.values import decode_inputs
from gateway.sandbox.store import Document


class RoutesV1:
    """Handlers by route."""

    def __init__(self, callers: Callers, records: Records, predictions: Predictions, storage: Storage) -> None:
        self._callers = callers
        self._records = records
        self._predictions = predictions
        self._storage = storage

    def routes(self) -> list[Route]:
        return [
            ("GET", "/v1/users", self._current_user),
            ("GET", f"/v1/predictors/{TAG}", self._predictor),
            ("DELETE", f"/v1/predictors/{TAG}", self._delete_predictor),
            ("POST", f"/v1/predictors/{TAG}/archive", self._archive_predictor),
            ("POST", "/v1/predictions", self._create_prediction),
            ("POST", "/v1/predictions/remote", self._create_remote_prediction),
            ("POST", "/v1/values", self._create_value),
        ]

    async def _current_user(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        return web.json_response(profile_v1(self._records.profile(caller.signed_in()), caller))

    async def _predictor(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        return self._predictor_response(self._records.predictor(request.match_info["tag"], caller), caller)

    async def _archive_predictor(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        return self._predictor_response(self._records.archive_predictor(request.match_info["tag"], caller), caller)

    async def _delete_predictor(self, request: web.Request) -> web.StreamResponse:
        self._records.delete_predictor(request.match_info["tag"], self._callers.of(request))
        return web.json_response(True)

    async def _create_prediction(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        wanted = await body_as(request, CreateEdgePredictionInput)
        predictor = self._predictions.usable_predictor(wanted.tag, caller)
        return web.json_response(_without_type(self._predictions.edge(predictor, caller)))

    async def _create_remote_prediction(self, request: web.Request) -> web.StreamResponse:
        caller = self._callers.of(request)
        wanted = await body_as(request, CreateRemotePredictionInput)
        predictor = self._predictions.usable_predictor(wanted.tag, caller)
        inputs = decode_inputs(wanted.inputs, self._storage.read)
        predictions = (_without_type(item) for item in self._predictions.remote(predictor, inputs, caller))
        return await _stream_events(request, predictions) if wanted.stream else web.json_response([*predictions][-1])

    async def _create_value(self, request: web.Request) -> web.StreamResponse:
        self._callers.of(request)
        wanted = await body_as(request, CreateValueInput)
        upload_url = self._storage.create_upload_url(CreateUploadUrlInput("VALUE", wanted.name))
        return web.json_response({"uploadUrl": upload_url, "downloadUrl": upload_url.partition("?")[0]})

    def _predictor_response(self, predictor: Document, caller: Caller) -> web.Response:
        return web.json_response(predictor_v1(predictor, self._records, caller))


def _without_type(prediction: Document) -> Document:
    return {name: value for name, value in prediction.items() if name != "type"}


async def _stream_events(request: web.Request, predictions: Iterator[Document]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for prediction in predictions:
        await response.write(f"event: prediction\ndata: {json.dumps(prediction)}\n\n".encode())
        await asyncio.sleep(STREAM_PAUSE_S)
    return response
