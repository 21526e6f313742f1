"""What an invocation answers, by the function's kind of output.

Source: www.nyckel.com/docs, "FunctionOutput", "Box detect", operation Invoke of Search. The pages disagree in two
places, and both forms are read: boxes as ``{"predictions"}`` or bare, neighbours bare or as ``{"searchSamples"}``.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import msgspec

from gateway.upstreams.invoke.records import Record

CLASSIFICATION = "Classification"
OUTPUTS = (CLASSIFICATION, "Tags", "Detection", "BoxDetect", "Localization", "Search", "Ocr")
_NAMED = {output.lower(): output for output in OUTPUTS}


class LabelConfidence(Record):
    """``confidence`` is from 0 to 1."""

    label_name: str | None = None
    label_id: str | None = None
    confidence: float | None = None
    label_metadata: dict[str, Any] | None = None


class BoundingBox(Record):
    """Parts of the image's width and height, from 0 to 1, from its upper left corner."""

    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None


class BoxPrediction(LabelConfidence):
    bounding_box: BoundingBox | None = None


class SearchSample(Record):
    """``distance`` is 0 for the same data."""

    sample_id: str | None = None
    distance: float | None = None
    external_id: str | None = None
    data: Any = None


class FunctionOutput(LabelConfidence):
    """The members of a classification, those of the other kinds, and the whole JSON as ``raw``."""

    decision_threshold: float | None = None
    label_confidences: list[LabelConfidence] | None = None
    external_id: str | None = None
    sample_id: str | None = None
    tags: list[LabelConfidence] | None = None
    predictions: list[BoxPrediction] | None = None
    search_samples: list[SearchSample] | None = None
    text: str | None = None
    regions: Any = None
    raw: Any = None


class _Boxes(Record):
    predictions: list[BoxPrediction]


class _Neighbours(Record):
    search_samples: list[SearchSample]


def _tags(raw: Any) -> FunctionOutput:
    return FunctionOutput(tags=msgspec.convert(raw, builtins.list[LabelConfidence]))


def _boxes(raw: Any) -> FunctionOutput:
    members = {"predictions": raw} if isinstance(raw, list) else raw
    return FunctionOutput(predictions=msgspec.convert(members, _Boxes).predictions)


def _neighbours(raw: Any) -> FunctionOutput:
    members = {"searchSamples": raw} if isinstance(raw, list) else raw
    return FunctionOutput(search_samples=msgspec.convert(members, _Neighbours).search_samples)


def _classification(raw: Any) -> FunctionOutput:
    return msgspec.convert(raw, FunctionOutput)


def _members(raw: Any) -> FunctionOutput:
    """Of recognized text, or of a kind whose shape is not documented, as far as they fit."""
    return msgspec.convert(raw, FunctionOutput) if isinstance(raw, dict) else FunctionOutput()


_READERS: dict[str, Callable[[Any], FunctionOutput]] = {
    CLASSIFICATION: _classification,
    "Tags": _tags,
    "Detection": _boxes,
    "BoxDetect": _boxes,
    "Search": _neighbours,
}


def read_output(output: str, raw: Any) -> FunctionOutput:
    """The answer of a function whose kind is ``output``. Raises ``msgspec.ValidationError`` for another shape."""
    read = _READERS.get(output, _members)(raw)
    read.raw = raw
    return read


def output_named(name: str) -> str | None:
    """The kind of this name in any case (the vendor writes ``Ocr``, others ``OCR``); None for no kind."""
    return _NAMED.get(name.lower())
