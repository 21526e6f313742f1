"""The functions of the account with their labels, fields and samples, and the models trained on those samples.

A function's labels and fields are part of its document; its samples are a collection of their own. A model is trained
when it is first needed, and again once labels, fields or annotations have changed.
"""

from __future__ import annotations

from typing import Any

from gateway.sandbox.invoke.answers import ApiError, short_id
from gateway.sandbox.invoke.models import Model, train
from gateway.sandbox.store import Collection, Document, Store

PUBLIC_ID = "toxic-language-identifier"


class Catalog:
    """Raises ``ApiError`` 403 for a function that is not there, as the vendor does for one that is not yours."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._functions = store.collection("functions")
        self._models: dict[str, Model | None] = {}

    def is_empty(self) -> bool:
        return not self._functions

    def fill(self, functions: list[Document]) -> None:
        self._functions.fill({function["id"]: function for function in functions})

    def own(self) -> list[Document]:
        """The account's functions in order of creation."""
        return [function for function in self._functions.documents() if function["id"] != PUBLIC_ID]

    def find(self, given_id: str) -> Document:
        function = self._functions.get(given_id) or self._functions.get(f"function_{short_id('function', given_id)}")
        if function is None:
            raise ApiError(403, "Forbidden")
        return function

    def find_own(self, given_id: str) -> Document:
        """A function that may be changed, which a public one may not."""
        function = self.find(given_id)
        if function["id"] == PUBLIC_ID:
            raise ApiError(403, "Forbidden")
        return function

    def save(self, function: Document) -> None:
        self._functions[function["id"]] = function
        self.forget_model(function)

    def delete(self, function: Document) -> None:
        self.samples(function).clear()
        del self._functions[function["id"]]
        self.forget_model(function)

    def samples(self, function: Document) -> Collection:
        """By sample id, in order of creation."""
        return self._store.collection("samples_" + short_id("function", function["id"]).replace("-", "_"))

    def drop_from_samples(self, function: Document, part_id: str) -> None:
        """Take a deleted label or field out of the function's samples."""
        samples = self.samples(function)
        samples.fill({key: _without_part(sample, part_id) for key, sample in samples.items()})

    def model(self, function: Document) -> Model | None:
        """The current model, or None before there are annotated samples of two labels."""
        function_id = function["id"]
        if function_id not in self._models:
            self._models[function_id] = train(function, self.samples(function).documents())
        return self._models[function_id]

    def forget_model(self, function: Document) -> None:
        self._models.pop(function["id"], None)

    def label(self, function: Document, annotation: Any) -> Document:
        """The label that ``{labelId}`` or ``{labelName}`` names."""
        if not isinstance(annotation, dict):
            raise ApiError(400, "An annotation names a labelId or a labelName.")
        wanted_id, wanted_name = annotation.get("labelId"), annotation.get("labelName")
        for label in function["labels"]:
            if label["name"] == wanted_name or wanted_id in (label["id"], short_id("label", label["id"])):
                found: Document = label
                return found
        raise ApiError(400, f"Label {wanted_id or wanted_name} does not exist.")


def _without_part(sample: Document, part_id: str) -> Document:
    kept = dict(sample)
    annotation = sample.get("annotation")
    if isinstance(annotation, list):
        kept["annotation"] = [tag for tag in annotation if tag["labelId"] != part_id]
    elif annotation is not None and annotation["labelId"] == part_id:
        del kept["annotation"]
    if isinstance(sample["data"], dict):
        kept["data"] = {field: cell for field, cell in sample["data"].items() if field != part_id}
    return kept
