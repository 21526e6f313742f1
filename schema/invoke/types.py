"""Trained functions, their outputs and inputs."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.upstreams import invoke as records
from schema.scalars import JSON, JSONObject


@strawberry.input(description="Which trained function.")
class TrainedFunctionInput:
    id: strawberry.ID = strawberry.field(description="Function id, with or without its prefix `function_`.")


@strawberry.input(description="A page of trained functions.")
class TrainedFunctionsInput:
    offset: int | None = strawberry.field(default=None, description="Functions to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most functions to return. Defaults to 100.")


@strawberry.input(description="An invocation of a trained function.")
class InvokeFunctionInput:
    function_id: strawberry.ID = strawberry.field(description="Function id.")
    data: JSON = strawberry.field(
        description="Text; for images a data URI or web address; for tables an object keyed by field name or id."
    )
    label_count: int | None = strawberry.field(
        default=None, description="How many labels to rate; only the best one when null."
    )
    include_metadata: bool | None = strawberry.field(default=None, description="Include the labels' metadata.")
    model_id: str | None = strawberry.field(default=None, description="Pin a model; the newest when null.")
    capture: bool = strawberry.field(default=True, description="Let the vendor store the input as a sample.")
    external_id: str | None = strawberry.field(default=None, description="Your own id for the captured sample.")
    metadata: JSONObject | None = strawberry.field(default=None, description="Metadata for the captured sample.")

    def options(self) -> dict[str, Any]:
        """Everything but the function and its data."""
        return {
            "label_count": self.label_count,
            "include_metadata": self.include_metadata,
            "model_id": self.model_id,
            "capture": self.capture,
            "external_id": self.external_id,
            "metadata": self.metadata,
        }


@strawberry.type(description="A function trained on samples.")
class TrainedFunction:
    id: strawberry.ID = strawberry.field(description="Function id.")
    name: str | None = strawberry.field(description="Name, if it has one.")
    input: str | None = strawberry.field(description="`Text`, `Image` or `Tabular`.")
    output: str | None = strawberry.field(description="`Classification`, `Tags`, `Search`, `Ocr`, `Detection` ….")
    project_id: strawberry.ID | None = strawberry.field(description="Project it belongs to.")

    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.TrainedFunction)



@strawberry.type(description="A label with the confidence that it fits.")
class LabelConfidence:
    label_name: str | None = strawberry.field(description="Label name.")
    label_id: strawberry.ID | None = strawberry.field(description="Label id.")
    confidence: float | None = strawberry.field(description="From 0 to 1.")
    label_metadata: JSONObject | None = strawberry.field(description="Metadata of the label.")


@strawberry.type(description="What an invocation answers. Members that the output kind does not have are null.")
class FunctionOutput:
    label_name: str | None = strawberry.field(description="Name of the best label.")
    label_id: strawberry.ID | None = strawberry.field(description="Id of the best label.")
    confidence: float | None = strawberry.field(description="Confidence in the best label, from 0 to 1.")
    label_metadata: JSONObject | None = strawberry.field(description="Metadata of the best label.")
    decision_threshold: float | None = strawberry.field(description="Confidence from which the vendor decides.")
    label_confidences: list[LabelConfidence] | None = strawberry.field(description="Rated labels, best first.")
    external_id: str | None = strawberry.field(description="Your own id of the captured sample.")
    sample_id: strawberry.ID | None = strawberry.field(description="Id of the captured sample, if the vendor names it.")
    raw: JSON | None = strawberry.field(description="The vendor's whole answer, for outputs of other kinds.")
