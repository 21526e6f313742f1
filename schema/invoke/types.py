"""Trained functions and what belongs to them."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.upstreams.invoke import records
from resolvers import invoke as resolve
from schema.across.links import ToDeployment, ToFunction, ToPredictor
from schema.common import Info
from schema.invoke.inputs import FieldsInput, LabelsInput, SamplesInput
from schema.scalars import JSON, JSONObject


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

    @strawberry.field(description="Labels that it can give.", graphql_type=list[Label] | None)
    async def labels(
        self, info: Info, root: strawberry.Parent[records.TrainedFunction], input: LabelsInput | None = None
    ) -> Any:
        page = input or LabelsInput()
        return await resolve.labels(info.context, root.id, page.offset, page.count)

    @strawberry.field(
        description="Fields of the rows that it takes, if it is Tabular.", graphql_type=list[Field] | None
    )
    async def fields(
        self, info: Info, root: strawberry.Parent[records.TrainedFunction], input: FieldsInput | None = None
    ) -> Any:
        page = input or FieldsInput()
        return await resolve.fields(info.context, root.id, page.offset, page.count)

    @strawberry.field(description="Samples, newest first.", graphql_type=list[Sample] | None)
    async def samples(
        self, info: Info, root: strawberry.Parent[records.TrainedFunction], input: SamplesInput | None = None
    ) -> Any:
        page = input or SamplesInput()
        return await resolve.samples(info.context, root.id, page.offset, page.count, page.chosen())

    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.TrainedFunction)
