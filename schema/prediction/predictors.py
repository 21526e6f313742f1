"""Predictors and their signatures."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.upstreams.prediction import records
from gateway.upstreams.prediction.values import decode
from schema.across.links import ToDeployment, ToFunction, ToTrainedFunction
from schema.prediction.enums import Acceleration, AccessMode, PredictorStatus, PredictorType
from schema.prediction.environment import EnvironmentVariableInput
from schema.prediction.profiles import Profile
from schema.prediction.values import Value
from schema.scalars import JSON, DateTime, Dtype, JSONObject, Tag, Url

_TYPED_DEFAULT = "Use `defaultValue`; fxn up to 0.0.10, fxnjs up to 0.0.6."


@strawberry.input(description="Which predictor.")
class PredictorInput:
    tag: Tag = strawberry.field(description="Predictor tag.")


@strawberry.input(description="A search for predictors.")
class PredictorsInput:
    query: str | None = strawberry.field(default=None, description="Text to search for; all when null.")
    offset: int | None = strawberry.field(default=None, description="Predictors to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most predictors to return. Defaults to 25.")


@strawberry.input(description="A predictor to create from a notebook.")
class CreatePredictorInput:
    tag: Tag = strawberry.field(description="Predictor tag. Its first part is your username or an organization's.")
    notebook: Url = strawberry.field(description="URL of a NOTEBOOK upload.")
    type: PredictorType | None = strawberry.field(default=None, description="Defaults to CLOUD.")
    access: AccessMode | None = strawberry.field(default=None, description="Defaults to PRIVATE.")
    description: str | None = strawberry.field(default=None, description="At most 200 characters.")
    media: Url | None = strawberry.field(default=None, description="Picture or video, such as a MEDIA upload.")
    acceleration: Acceleration | None = strawberry.field(default=None, description="Only for CLOUD. Defaults to CPU.")
    environment: list[EnvironmentVariableInput] | None = strawberry.field(
        default=None, description="Environment variables of this predictor."
    )
    license: Url | None = strawberry.field(default=None, description="License.")
    overwrite: bool | None = strawberry.field(
        default=None, description="Whether to delete a predictor of the same tag first."
    )

    def form(self) -> records.PredictorForm:
        variables = None if self.environment is None else [variable.form() for variable in self.environment]
        return records.PredictorForm(**{**vars(self), "environment": variables})


@strawberry.input(description="Which predictor to archive.")
class ArchivePredictorInput:
    tag: Tag = strawberry.field(description="Predictor tag.")


@strawberry.input(description="Which predictor to delete.")
class DeletePredictorInput:
    tag: Tag = strawberry.field(description="Predictor tag.")


@strawberry.type(description="A choice that a parameter allows.")
class EnumerationMember:
    name: str = strawberry.field(description="Name of the choice.")
    value: JSON = strawberry.field(description="Value of the choice, usually a string or an integer.")


def _default(parameter: records.Parameter, kind: type) -> Any:
    found = decode(parameter.default_value) if parameter.default_value else None
    return found if type(found) is kind else None


@strawberry.type(description="An input or output of a predictor.")
class Parameter:
    name: str | None = strawberry.field(description="Parameter name.")
    type: Dtype | None = strawberry.field(description="Data type; null if unknown or unsupported.")
    description: str | None = strawberry.field(description="What the parameter is.")
    optional: bool | None = strawberry.field(description="Whether an input may be left out.")
    range: list[float] | None = strawberry.field(description="[min, max] of a number.")
    enumeration: list[EnumerationMember] | None = strawberry.field(description="The choices, if they are fixed.")
    default_value: Value | None = strawberry.field(description="Value of an input that is left out.")
    schema: JSONObject | None = strawberry.field(description="JSON schema, only for `list` and `dict`.")

    @strawberry.field(description="Default of a string input.", deprecation_reason=_TYPED_DEFAULT)
    def string_default(self, root: strawberry.Parent[records.Parameter]) -> str | None:
        return _default(root, str)

    @strawberry.field(description="Default of a floating-point input.", deprecation_reason=_TYPED_DEFAULT)
    def float_default(self, root: strawberry.Parent[records.Parameter]) -> float | None:
        return _default(root, float)

    @strawberry.field(description="Default of an integer input.", deprecation_reason=_TYPED_DEFAULT)
    def int_default(self, root: strawberry.Parent[records.Parameter]) -> int | None:
        return _default(root, int)

    @strawberry.field(description="Default of a boolean input.", deprecation_reason=_TYPED_DEFAULT)
    def bool_default(self, root: strawberry.Parent[records.Parameter]) -> bool | None:
        return _default(root, bool)


@strawberry.type(description="What a predictor takes and gives.")
class Signature:
    inputs: list[Parameter] = strawberry.field(description="Inputs, in order.")
    outputs: list[Parameter] = strawberry.field(description="Outputs, in order.")


@strawberry.type(description="Prediction function.")
class Predictor(ToDeployment, ToFunction, ToTrainedFunction):
    tag: Tag = strawberry.field(description="Predictor tag.")
    owner: Profile = strawberry.field(description="User or organization that owns it.")
    name: str = strawberry.field(description="Predictor name.")
    type: PredictorType = strawberry.field(description="Where it runs; CLOUD where the upstream does not say (v1).")
    status: PredictorStatus = strawberry.field(description="Provisioning status.")
    access: AccessMode = strawberry.field(description="Who may use it.")
    predictions: int = strawberry.field(
        description="Number of predictions made; 0 where the upstream does not say (v1)."
    )
    created: DateTime = strawberry.field(description="When it was made.")
    description: str | None = strawberry.field(description="At most 200 characters.")
    card: str | None = strawberry.field(description="Markdown, the first cell of the notebook.")
    media: Url | None = strawberry.field(description="Picture or video.")
    acceleration: Acceleration | None = strawberry.field(description="Hardware; only for CLOUD predictors.")
    error: str | None = strawberry.field(description="Provisioning error, only when `status` is INVALID.")
    license: Url | None = strawberry.field(description="License.")
    topics: list[str] | None = strawberry.field(description="Topics.", deprecation_reason="fxnjs 0.0.2 only.")

    @strawberry.field(
        description="Inputs and outputs; both are empty until provisioned.", graphql_type=Signature | None
    )
    def signature(self, root: strawberry.Parent[records.Predictor]) -> Any:
        # The vendor's null breaks fxn 0.0.28 to 0.0.40.
        return root.signature or records.Signature([], [])

    @strawberry.field(
        description="Former name of `card`.",
        deprecation_reason="Renamed to `card` (2023-07): fxn up to 0.0.16, fxnjs up to 0.0.17, fxn3d up to 0.0.2.",
    )
    def readme(self, root: strawberry.Parent[records.Predictor]) -> str | None:
        return root.card

    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.Predictor)
