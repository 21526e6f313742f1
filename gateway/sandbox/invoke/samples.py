"""The samples of a function and their annotations.

Source: www.nyckel.com/docs, "API reference", Samples; the requests and the sample model of the SDK nyckel 0.4.23. A
sample's prediction is not stored: it is what the current model says, so it changes when the model does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from gateway.sandbox.invoke.answers import ApiError, Route, flag, given_keys, json_body, new_id, page_of, short_id
from gateway.sandbox.invoke.catalog import Catalog
from gateway.sandbox.invoke.inputs import read_input
from gateway.sandbox.store import Document


class SampleHandlers:
    """List, create, read, delete and annotate samples."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def routes(self) -> list[Route]:
        all_of_it = "/v1/functions/{function}/samples"
        one = all_of_it + "/{sample}"
        return [
            ("GET", all_of_it, self._list),
            ("POST", all_of_it, self._create),
            ("GET", one, self._get),
            ("DELETE", one, self._delete),
            ("PUT", one + "/annotation", self._annotate),
            ("DELETE", one + "/annotation", self._clear_annotation),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        function = self._catalog.find_own(request.match_info["function"])
        shown = [self._shown(function, sample) for sample in self._catalog.samples(function).documents()]
        chosen = [sample for sample in shown if _fits(sample, request)]
        if request.query.get("sortOrder") == "descending":
            chosen.reverse()
        if not flag("includeData", request.query.get("includeData", ""), default=True):
            chosen = [{key: value for key, value in sample.items() if key != "data"} for sample in chosen]
        return page_of(request, chosen)

    async def _create(self, request: web.Request) -> web.Response:
        function = self._catalog.find_own(request.match_info["function"])
        given = await read_input(request, function)
        for sample in self._catalog.samples(function).documents():
            if sample["data"] == given.data:
                raise ApiError(409, "Duplicate sample", existingSampleId=sample["id"])
        annotation = self._annotation(function, given.members.get("annotation"))
        sample = keep_sample(self._catalog, function, given.data, given.members, annotation)
        return web.json_response(self._shown(function, sample))

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown(*self._find(request)))

    async def _delete(self, request: web.Request) -> web.Response:
        function, sample = self._find(request)
        del self._catalog.samples(function)[sample["id"]]
        self._catalog.forget_model(function)
        return web.Response()

    async def _annotate(self, request: web.Request) -> web.Response:
        function, sample = self._find(request)
        annotation = self._annotation(function, await json_body(request))
        self._save(function, given_keys({**sample, "annotation": annotation}))
        return web.json_response(annotation)

    async def _clear_annotation(self, request: web.Request) -> web.Response:
        function, sample = self._find(request)
        self._save(function, {key: value for key, value in sample.items() if key != "annotation"})
        return web.Response()

    def _find(self, request: web.Request) -> tuple[Document, Document]:
        function = self._catalog.find_own(request.match_info["function"])
        return function, find_sample(self._catalog, function, request.match_info["sample"])

    def _save(self, function: Document, sample: Document) -> None:
        self._catalog.samples(function)[sample["id"]] = sample
        self._catalog.forget_model(function)

    def _annotation(self, function: Document, given: Any) -> Any:
        """As it is stored, with label ids; None for no annotation."""
        if isinstance(given, list):
            return [self._tag(function, tag) for tag in given]
        return None if given is None else {"labelId": self._catalog.label(function, given)["id"]}

    def _tag(self, function: Document, tag: Any) -> Document:
        return {"labelId": self._catalog.label(function, tag)["id"], "present": bool(tag.get("present", True))}

    def _shown(self, function: Document, sample: Document) -> Document:
        model = self._catalog.model(function)
        if model is None:
            return sample
        confidences = model.confidences(sample["data"])
        predicted = [{"labelId": label, "confidence": confidences[label]} for label in confidences]
        best = {"labelId": max(confidences, key=confidences.__getitem__), "confidence": max(confidences.values())}
        return {**sample, "prediction": predicted if function["output"] == "Tags" else best}


def find_sample(catalog: Catalog, function: Document, given_id: str) -> Document:
    sample = catalog.samples(function).get(f"sample_{short_id('sample', given_id)}")
    if sample is None:
        raise ApiError(404, "Sample not found.")
    return sample


def keep_sample(catalog: Catalog, function: Document, data: Any, members: Document, annotation: Any = None) -> Document:
    """Store a new sample, with what of ``members`` belongs to one."""
    sample = given_keys(
        {
            "id": new_id("sample"),
            "data": data,
            "externalId": members.get("externalId"),
            "metadata": members.get("metadata"),
            "annotation": annotation,
            "sampleSets": members.get("sampleSets") or None,
        }
    )
    catalog.samples(function)[sample["id"]] = sample
    if annotation is not None:
        catalog.forget_model(function)
    return sample


FILTERS: dict[str, Callable[[Document, str], bool]] = {
    "externalId": lambda sample, text: sample.get("externalId") == text,
    "annotated": lambda sample, text: ("annotation" in sample) == flag("annotated", text, default=True),
    "predicted": lambda sample, text: ("prediction" in sample) == flag("predicted", text, default=True),
    "annotationLabelId": lambda sample, text: text in _label_ids(sample.get("annotation")),
    "predictionLabelId": lambda sample, text: text in _label_ids(sample.get("prediction")),
    "searchText": lambda sample, text: text.casefold() in str(sample["data"]).casefold(),
}


def _fits(sample: Document, request: web.Request) -> bool:
    return all(FILTERS[name](sample, text) for name, text in request.query.items() if name in FILTERS and text)


def _label_ids(labels: Any) -> set[str]:
    """The ids in an annotation or a prediction, with and without their prefix."""
    ids = (
        {label["labelId"] for label in labels} if isinstance(labels, list) else {labels["labelId"]} if labels else set()
    )
    return ids | {short_id("label", label_id) for label_id in ids}
