"""Trained functions and what belongs to them. Keys that are unset are left out of an answer.

Source: www.nyckel.com/docs, "API reference", Functions, Labels, Fields and Samples; the SDK nyckel 0.4.23.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Record(msgspec.Struct, rename="camel"):
    """Base: camelCase members; what the upstream adds is passed over."""


class TrainedFunction(Record):
    """``input`` is Text, Image or Tabular; ``output`` is Classification, Tags, Search, Ocr and so on; neither changes
    in a function's life."""

    id: str
    name: str | None = None
    input: str | None = None
    output: str | None = None
    project_id: str | None = None


class Label(Record):
    id: str
    name: str | None = None
    description: str | None = None
    metadata: dict[str, Any] | None = None


class Field(Record):
    """A column of a Tabular function; ``type`` is Text, Number or Image."""

    id: str
    name: str | None = None
    type: str | None = None


class Annotation(Record):
    """What somebody said of a sample. ``present`` is there for Tags functions only."""

    label_id: str | None = None
    present: bool | None = None


class SamplePrediction(Record):
    """What the current model says of a sample. ``confidence`` is from 0 to 1."""

    label_id: str | None = None
    confidence: float | None = None


class SampleSet(Record):
    sample_set_id: str


class Sample(Record):
    """``data`` of a Tabular function is keyed by field id. A Tags function has lists of annotations and predictions."""

    id: str
    data: Any = None
    external_id: str | None = None
    annotation: Annotation | list[Annotation] | None = None
    prediction: SamplePrediction | list[SamplePrediction] | None = None
    sample_sets: list[SampleSet] | None = None


class SampleFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which samples to list; None stands for all. Source: operation ListSamples."""

    annotated: bool | None = None
    predicted: bool | None = None
    annotation_label_id: str | None = None
    prediction_label_id: str | None = None
    external_id: str | None = None
    search_text: str | None = None
    include_data: bool = True

    def query(self) -> dict[str, str]:
        return query_of(
            annotated=self.annotated,
            predicted=self.predicted,
            annotationLabelId=self.annotation_label_id,
            predictionLabelId=self.prediction_label_id,
            externalId=self.external_id,
            searchText=self.search_text,
            includeData=self.include_data,
        )


def query_of(**values: str | int | None) -> dict[str, str]:
    """The values that are set, as the vendor writes them in a query."""
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: str | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
