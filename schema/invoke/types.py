"""Trained functions and what belongs to them."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.upstreams.invoke import records
from resolvers import invoke as resolve
from schema.across.links import ToDeployment, ToFunction, ToPredictor
from schema.common import Info
from schema.invoke.inputs import FieldsInput, LabelsInput, SamplesInput
from schema.per_level import per_level
from schema.requests import invoke as requests
from schema.requests.declared import asks
from schema.scalars import JSON, JSONObject

Functions = strawberry.Parent[list[records.TrainedFunction]]


@strawberry.type(description="A label that a function can give.")
class Label:
    id: strawberry.ID = strawberry.field(description="Label id.")
    name: str | None = strawberry.field(description="Name.")
    description: str | None = strawberry.field(description="What it stands for.")
    metadata: JSONObject | None = strawberry.field(description="Metadata.")


@strawberry.type(description="A field of the rows that a Tabular function takes.")
class Field:
    id: strawberry.ID = strawberry.field(description="Field id.")
    name: str | None = strawberry.field(description="Name.")
    type: str | None = strawberry.field(description="`Text`, `Number` or `Image`.")


@strawberry.type(description="What somebody said of a sample.")
class Annotation:
    label_id: strawberry.ID | None = strawberry.field(description="Label id.")
    present: bool | None = strawberry.field(description="Tags functions: whether the label is there.")


@strawberry.type(description="What the current model says of a sample.")
class SamplePrediction:
    label_id: strawberry.ID | None = strawberry.field(description="Label id.")
    confidence: float | None = strawberry.field(description="From 0 to 1.")


@strawberry.type(description="Something that a function was, or may be, trained on.")
class Sample:
    id: strawberry.ID = strawberry.field(description="Sample id.")
    data: JSON | None = strawberry.field(
        description="Text; for images a data URI or a short-lived address; for tables an object keyed by field id."
    )
    external_id: str | None = strawberry.field(description="Your own id.")

    @strawberry.field(description="Annotations: one, or for Tags functions several.", graphql_type=list[Annotation])
    def annotations(self, root: strawberry.Parent[records.Sample]) -> Any:
        return _list(root.annotation)

    @strawberry.field(
        description="Predictions: one, or for Tags functions several.", graphql_type=list[SamplePrediction]
    )
    def predictions(self, root: strawberry.Parent[records.Sample]) -> Any:
        return _list(root.prediction)

    @strawberry.field(description="Ids of the sets that it belongs to.", graphql_type=list[strawberry.ID])
    def sample_set_ids(self, root: strawberry.Parent[records.Sample]) -> Any:
        return [each.sample_set_id for each in root.sample_sets or []]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


@strawberry.type(description="A function trained on samples.")
class TrainedFunction(ToPredictor, ToDeployment, ToFunction):
    id: strawberry.ID = strawberry.field(description="Function id.")
    name: str | None = strawberry.field(description="Name, if it has one.")
    input: str | None = strawberry.field(description="`Text`, `Image` or `Tabular`.")
    output: str | None = strawberry.field(description="`Classification`, `Tags`, `Search`, `Ocr`, `Detection` ….")
    project_id: strawberry.ID | None = strawberry.field(description="Project it belongs to.")

    @per_level(
        description="Labels that it can give.",
        graphql_type=list[Label] | None,
        **asks(requests.LABELS),
    )
    async def labels(self, info: Info, functions: Functions, input: LabelsInput | None = None) -> Any:
        page = input or LabelsInput()
        return await resolve.labels(info.context, functions, page.offset, page.count)

    @per_level(
        description="Fields of the rows that it takes, if it is Tabular.",
        graphql_type=list[Field] | None,
        **asks(requests.FIELDS),
    )
    async def fields(self, info: Info, functions: Functions, input: FieldsInput | None = None) -> Any:
        page = input or FieldsInput()
        return await resolve.fields(info.context, functions, page.offset, page.count)

    @per_level(
        description="Samples, newest first.",
        graphql_type=list[Sample] | None,
        **asks(requests.SAMPLES),
    )
    async def samples(self, info: Info, functions: Functions, input: SamplesInput | None = None) -> Any:
        page = input or SamplesInput()
        return await resolve.samples(info.context, functions, page.offset, page.count, page.chosen())

    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.TrainedFunction)
