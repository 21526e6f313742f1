"""Invocations: the answer of a model, and the answers that need none.

Source: www.nyckel.com/docs, "API reference", Invoke and Search, "FunctionOutput"; the SDK nyckel 0.4.23, which invokes
Tags functions under ``/v0.9``: here they are refused under ``/v1``, whose output has no place for several labels.
"""

from __future__ import annotations

import asyncio
import math
import re
from dataclasses import dataclass

from aiohttp import web

from gateway.sandbox.invoke.answers import ApiError, Route, flag, given_keys, json_object, whole_number
from gateway.sandbox.invoke.catalog import PUBLIC_ID, Catalog
from gateway.sandbox.invoke.inputs import Given, checked, media_and_bytes, read_input
from gateway.sandbox.invoke.models import Model
from gateway.sandbox.invoke.pixels import bright_boxes
from gateway.sandbox.invoke.samples import find_sample, keep_sample
from gateway.sandbox.invoke.tokens import Tokens, words
from gateway.sandbox.store import Document

NO_MODEL = "No model available to invoke function"
V1_OUTPUTS = ("Classification", "Detection", "BoxDetect", "Localization")
SEARCH_COUNT = 10
PRINTABLE_RUNS = re.compile(rb"[\x20-\x7e]{4,}")


@dataclass(frozen=True)
class Options:
    """The query of an invocation; a form may carry ``capture`` and ``externalId`` too."""

    label_count: int
    include_metadata: bool
    model_id: str
    capture: bool
    external_id: str | None

    @classmethod
    def of(cls, request: web.Request, given: Given) -> Options:
        query = request.query
        return cls(
            label_count=whole_number(request, "labelCount", 0),
            include_metadata=flag("includeMetadata", query.get("includeMetadata", ""), default=False),
            model_id=query.get("modelId", ""),
            capture=flag("capture", query.get("capture") or str(given.members.get("capture", "")), default=True),
            external_id=query.get("externalId") or given.members.get("externalId"),
        )


class InvokeHandlers:
    """``inference_s``: how long an invocation takes, beyond the time that its computation needs."""

    def __init__(self, catalog: Catalog, inference_s: float) -> None:
        self._catalog = catalog
        self._inference_s = inference_s

    def routes(self) -> list[Route]:
        return [
            ("POST", "/v1/functions/{function}/invoke", self._invoke),
            ("POST", "/v0.9/functions/{function}/invoke", self._invoke_as_of_v0),
            ("POST", "/v0.9/functions/{function}/ocr", self._read_text),
            ("POST", "/v1/search-functions/{function}/invoke", self._search),
        ]

    async def _invoke(self, request: web.Request) -> web.Response:
        function = self._find(request, *V1_OUTPUTS)
        given = await read_input(request, function)
        options = Options.of(request, given)
        if function["output"] == "Detection":
            label = function["labels"][0]["name"] if function["labels"] else "Bright"
            answer: Document = {"predictions": bright_boxes(media_and_bytes(given.data)[1], label)}
        else:
            answer = _classification(function, self._model(function, options.model_id), given, options)
        await self._finish(function, given, options)
        return web.json_response(answer)

    async def _invoke_as_of_v0(self, request: web.Request) -> web.Response:
        function = self._find(request, "Tags", *V1_OUTPUTS)
        if function["output"] != "Tags":
            return await self._invoke(request)
        given = await read_input(request, function)
        confidences = self._model(function, "").confidences(given.data)
        await self._finish(function, given, Options.of(request, given))
        return web.json_response(_ranked(function, confidences, include_metadata=False))

    async def _read_text(self, request: web.Request) -> web.Response:
        """The text of a text document, or the runs of printable characters in other bytes; no letters in pixels."""
        function = self._find(request, "Ocr")
        given = await read_input(request, function)
        media_type, content = media_and_bytes(given.data)
        is_text = media_type.startswith("text/")
        text = content.decode("utf-8", "replace") if is_text else b"\n".join(PRINTABLE_RUNS.findall(content)).decode()
        await self._finish(function, given, Options.of(request, given))
        return web.json_response({"text": text})

    async def _search(self, request: web.Request) -> web.Response:
        function = self._find(request, "Search")
        body = await json_object(request)
        sample_id = body.get("sampleId")
        data = find_sample(self._catalog, function, str(sample_id))["data"] if sample_id else body.get("data")
        wanted = words(checked(function, data))
        samples = self._catalog.samples(function).documents()
        near = sorted(((_distance(wanted, words(sample["data"])), at) for at, sample in enumerate(samples)))
        shown = near[: whole_number(request, "sampleCount", SEARCH_COUNT)]
        include_data = flag("includeData", request.query.get("includeData", ""), default=True)
        await asyncio.sleep(self._inference_s)
        return web.json_response([_neighbour(samples[at], distance, include_data) for distance, at in shown])

    def _find(self, request: web.Request, *outputs: str) -> Document:
        function = self._catalog.find(request.match_info["function"])
        if function["output"] not in outputs:
            raise ApiError(400, f"A function with output {function['output']} is not invoked at this address.")
        return function

    def _model(self, function: Document, pinned: str) -> Model:
        model = self._catalog.model(function)
        if model is None or pinned not in ("", model.id):
            raise ApiError(400, "Model not found" if model else NO_MODEL)
        return model

    async def _finish(self, function: Document, given: Given, options: Options) -> None:
        """Take the time that it takes, then keep the input as a sample, unless told not to."""
        await asyncio.sleep(self._inference_s)
        if options.capture and function["id"] != PUBLIC_ID:
            keep_sample(self._catalog, function, given.data, {**given.members, "externalId": options.external_id})


def _classification(function: Document, model: Model, given: Given, options: Options) -> Document:
    ranked = _ranked(function, model.confidences(given.data), options.include_metadata)
    answer = given_keys({**ranked[0], "externalId": options.external_id})
    return answer | {"labelConfidences": ranked[: options.label_count]} if options.label_count else answer


def _ranked(function: Document, confidences: dict[str, float], include_metadata: bool) -> list[Document]:
    """The labels with their confidences, the most confident first."""
    labels = {label["id"]: label for label in function["labels"]}
    return [
        given_keys(
            {
                "labelName": labels[label_id]["name"],
                "labelId": label_id,
                "confidence": confidence,
                "labelMetadata": labels[label_id].get("metadata") if include_metadata else None,
            }
        )
        for label_id, confidence in sorted(confidences.items(), key=lambda item: -item[1])
    ]


def _distance(one: Tokens, other: Tokens) -> float:
    """One minus the cosine of two bags of words."""
    product = sum(count * other[word] for word, count in one.items())
    length = math.sqrt(sum(count**2 for count in one.values()) * sum(count**2 for count in other.values()))
    return 1.0 - product / length if length else 1.0


def _neighbour(sample: Document, distance: float, include_data: bool) -> Document:
    return given_keys(
        {
            "sampleId": sample["id"],
            "distance": distance,
            "externalId": sample.get("externalId"),
            "data": sample["data"] if include_data else None,
        }
    )
