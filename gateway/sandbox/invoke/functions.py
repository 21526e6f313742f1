"""The functions resource: ``/v1/functions``, and what of it is still asked for under ``/v0.9``.

Source: www.nyckel.com/docs, "API reference", Functions, and "Model pinning"; the requests of the SDK nyckel 0.4.23.
"""

from __future__ import annotations

from collections import Counter

from aiohttp import web

from gateway.sandbox.invoke.answers import ApiError, Route, given_keys, json_object, new_id, page_of
from gateway.sandbox.invoke.catalog import Catalog
from gateway.sandbox.invoke.models import TRAINERS
from gateway.sandbox.store import Document

INPUTS = ("Text", "Image", "Tabular")
OUTPUTS = ("Classification", "Detection", "Search", "Ocr", "Localization", "Tags", "BoxDetect")
SHOWN_KEYS = ("id", "projectId", "name", "input", "output")


class FunctionHandlers:
    """List, create, read and delete functions; state and metrics."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def routes(self) -> list[Route]:
        return [
            ("GET", "/v1/functions", self._list),
            ("POST", "/v1/functions", self._create),
            ("GET", "/v1/functions/{function}", self._get),
            ("DELETE", "/v1/functions/{function}", self._delete),
            ("GET", "/v0.9/functions/{function}", self._state),
            ("GET", "/v0.9/functions/{function}/metrics", self._metrics),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return page_of(request, [_shown(function) for function in self._catalog.own()])

    async def _create(self, request: web.Request) -> web.Response:
        body = await json_object(request)
        function = new_function(new_id("function"), body.get("name"), body.get("input"), body.get("output"))
        function["projectId"] = body.get("projectId") or new_id("project")
        self._catalog.save(function)
        return web.json_response(_shown(function))

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(_shown(self._catalog.find(request.match_info["function"])))

    async def _delete(self, request: web.Request) -> web.Response:
        self._catalog.delete(self._catalog.find_own(request.match_info["function"]))
        return web.Response()

    async def _state(self, request: web.Request) -> web.Response:
        """The vendor's SDK takes ``Browsing`` and ``Tuning`` for trained."""
        function = self._catalog.find(request.match_info["function"])
        trained = function["output"] not in TRAINERS or self._catalog.model(function) is not None
        return web.json_response({**_shown(function), "state": "Browsing" if trained else "Configuring"})

    async def _metrics(self, request: web.Request) -> web.Response:
        function = self._catalog.find(request.match_info["function"])
        model = self._catalog.model(function)
        samples = self._catalog.samples(function).documents()
        annotated, positive = _label_counts(samples)
        metrics = {
            "modelId": model.id if model else None,
            "isTraining": False,
            "sampleCount": len(samples),
            "predictionCount": len(samples) if model else 0,
            "annotatedLabelCounts": annotated,
            "positiveAnnotatedLabelCounts": positive,
        }
        return web.json_response(given_keys(metrics))


def new_function(function_id: str, name: object, given_input: object, output: object) -> Document:
    """A function without labels, fields and samples; only ``name`` may be left out."""
    if name is not None and not isinstance(name, str):
        raise ApiError(400, "name must be a string.")
    if given_input not in INPUTS:
        raise ApiError(400, f"input must be one of {', '.join(INPUTS)}.")
    if output not in OUTPUTS:
        raise ApiError(400, f"output must be one of {', '.join(OUTPUTS)}.")
    function = {"id": function_id, "name": name, "input": given_input, "output": output}
    return given_keys(function) | {"labels": [], "fields": []}


def _shown(function: Document) -> Document:
    return {key: function[key] for key in SHOWN_KEYS if key in function}


def _label_counts(samples: list[Document]) -> tuple[Counter[str], Counter[str]]:
    """Annotations per label id, and those of them that say that the label is present."""
    annotated: Counter[str] = Counter()
    positive: Counter[str] = Counter()
    for annotation in (sample["annotation"] for sample in samples if "annotation" in sample):
        for tag in annotation if isinstance(annotation, list) else [annotation]:
            annotated[tag["labelId"]] += 1
            positive[tag["labelId"]] += tag.get("present", True)
    return annotated, positive
