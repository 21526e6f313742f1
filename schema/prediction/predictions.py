"""Predictions."""

from __future__ import annotations

import strawberry

from gateway.upstreams.prediction import records
from resolvers.prediction import input_value
from schema.prediction.enums import PredictorType
from schema.prediction.values import Value, ValueInput
from schema.scalars import Client, DateTime, Tag, Url


@strawberry.input(description="A prediction to make.")
class CreatePredictionInput:
    tag: Tag = strawberry.field(description="Predictor tag.")
    client: Client = strawberry.field(description="Client that asks.")
    inputs: list[ValueInput] | None = strawberry.field(
        default=None, description="Input values. Required for CLOUD predictors with required inputs."
    )
    data_url_limit: int | None = strawberry.field(
        default=None, description="Return a data URL for outputs smaller than this many bytes. CLOUD only."
    )
    configuration: str | None = strawberry.field(default=None, description="Configuration id of the device. EDGE only.")
    device: str | None = strawberry.field(default=None, description="Device name; fxn3d 0.0.6 and 0.0.7.")
    client_version: str | None = strawberry.field(default=None, description="Client version; fxn3d 0.0.6 and 0.0.7.")

    def values(self) -> list[tuple[str, records.Value]]:
        """The inputs by name, encoded. Raises ``BadInput`` for one that is not a value."""
        return [
            (given.name, input_value(given.name, given.type, given.data, given.shape, given.typed_forms()))
            for given in self.inputs or []
        ]


@strawberry.type(description="A file that a device needs to run an EDGE predictor.")
class PredictionResource:
    id: strawberry.ID | None = strawberry.field(
        description="Resource id.", deprecation_reason="fxn 0.0.24 to 0.0.26, fxnjs 0.0.23, fxn3d 0.0.6 and 0.0.7."
    )
    type: str | None = strawberry.field(description="`dso`, `bin`, or `fxn` for the runtime, which clients skip.")
    url: Url = strawberry.field(description="Where to get it.")
    name: str | None = strawberry.field(description="File name.")


@strawberry.interface(description="A prediction.")
class Prediction:
    id: strawberry.ID = strawberry.field(description="Prediction id.")
    tag: Tag = strawberry.field(description="Predictor tag.")
    type: PredictorType = strawberry.field(description="Where it was made.")
    created: DateTime = strawberry.field(description="When it was made.")
    results: list[Value] | None = strawberry.field(description="Outputs, in order; null when it failed.")
    latency: float | None = strawberry.field(description="Milliseconds, without cold start.")
    error: str | None = strawberry.field(description="The exception's text, when it failed.")
    logs: str | None = strawberry.field(description="What the predictor printed.")
    configuration: str | None = strawberry.field(description="Configuration token, only for EDGE.")
    resources: list[PredictionResource] | None = strawberry.field(description="Files to load, only for EDGE.")
    implementation: str | None = strawberry.field(
        description="Implementation, only for EDGE.", deprecation_reason="fxn 0.0.24 to 0.0.26, fxnjs 0.0.23."
    )


@strawberry.type(description="A prediction made in the vendor's cloud.")
class CloudPrediction(Prediction):
    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.Prediction) and record.type is records.PredictorType.CLOUD


@strawberry.type(description="What a device needs to make a prediction itself.")
class EdgePrediction(Prediction):
    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.Prediction) and record.type is records.PredictorType.EDGE
