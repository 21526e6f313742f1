"""Records of the prediction upstream: the JSON of Function's REST API, which has the shape of its graph.

v0 sends every member that its client knew; v1 leaves some out (``type``, ``predictions``), so those have defaults, and
writes enumerations in lower case from 2025 on. Source: docs.fxn.ai, "API reference"; the clients' sources.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

import msgspec


class _AnyCase(Enum):
    """An enumeration that accepts its names in any case, and the names that the vendor gave them later."""

    @classmethod
    def _missing_(cls, value: object) -> Enum | None:
        name = str(value).upper()
        return cls.__members__.get({"COMPILING": "PROVISIONING", "UNLISTED": "PROTECTED"}.get(name, name))


class PredictorType(_AnyCase):
    CLOUD = "CLOUD"
    EDGE = "EDGE"


class PredictorStatus(_AnyCase):
    PROVISIONING = "PROVISIONING"
    ACTIVE = "ACTIVE"
    INVALID = "INVALID"
    ARCHIVED = "ARCHIVED"


class AccessMode(_AnyCase):
    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"
    PROTECTED = "PROTECTED"


class Acceleration(_AnyCase):
    CPU = "CPU"
    A40 = "A40"
    A100 = "A100"


class UploadType(Enum):
    FEATURE = "FEATURE"
    VALUE = "VALUE"
    MEDIA = "MEDIA"
    NOTEBOOK = "NOTEBOOK"


class Record(msgspec.Struct, rename="camel"):
    """Base: camelCase members; what the upstream adds is passed over."""


class Profile(Record):
    """A user or an organization; ``email`` only for the user itself."""

    username: str
    created: datetime
    name: str | None = None
    avatar: str | None = None
    bio: str | None = None
    website: str | None = None
    github: str | None = None
    email: str | None = None
    typename: str = msgspec.field(name="__typename", default="User")


class Value(Record):
    """A prediction value. ``data`` is a web or data URL; ``shape`` is [] for a scalar."""

    type: str
    data: str | None = None
    shape: list[int] | None = None


class EnumerationMember(Record):
    name: str
    value: Any


class Parameter(Record):
    name: str | None = None
    type: str | None = None
    description: str | None = None
    optional: bool | None = None
    range: list[float] | None = None
    enumeration: list[EnumerationMember] | None = None
    default_value: Value | None = None
    schema: dict[str, Any] | None = None


class Signature(Record):
    inputs: list[Parameter]
    outputs: list[Parameter]


class Predictor(Record):
    tag: str
    owner: Profile
    name: str
    status: PredictorStatus
    access: AccessMode
    created: datetime
    type: PredictorType = PredictorType.CLOUD
    predictions: int = 0
    description: str | None = None
    card: str | None = None
    media: str | None = None
    acceleration: Acceleration | None = None
    signature: Signature | None = None
    error: str | None = None
    license: str | None = None
    topics: list[str] | None = None


class PredictionResource(Record):
    url: str
    type: str | None = None
    id: str | None = None
    name: str | None = None


class Prediction(Record):
    """``latency`` is in milliseconds; ``results`` is null when the prediction failed."""

    id: str
    tag: str
    created: datetime
    type: PredictorType = PredictorType.CLOUD
    results: list[Value] | None = None
    latency: float | None = None
    error: str | None = None
    logs: str | None = None
    configuration: str | None = None
    resources: list[PredictionResource] | None = None
    implementation: str | None = None


class EnvironmentVariable(Record):
    """The name of a variable: its value can never be read."""

    name: str


class ProfileForm(Record):
    """What to change of the caller's profile: the members that are set. ``spend_limit`` is per month."""

    name: str | msgspec.UnsetType | None = msgspec.UNSET
    bio: str | msgspec.UnsetType | None = msgspec.UNSET
    avatar: str | msgspec.UnsetType | None = msgspec.UNSET
    website: str | msgspec.UnsetType | None = msgspec.UNSET
    github: str | msgspec.UnsetType | None = msgspec.UNSET
    spend_limit: float | msgspec.UnsetType | None = msgspec.UNSET


class VariableForm(Record):
    """An environment variable to set. The value is secret, so it does not show in ``repr``."""

    name: str
    value: str

    def __repr__(self) -> str:
        return f"VariableForm(name={self.name!r})"


class PredictorForm(Record, omit_defaults=True):
    """A predictor to create from a notebook; the vendor has its own defaults for what is None."""

    tag: str
    notebook: str
    type: PredictorType | None = None
    access: AccessMode | None = None
    description: str | None = None
    media: str | None = None
    acceleration: Acceleration | None = None
    environment: list[VariableForm] | None = None
    license: str | None = None
    overwrite: bool | None = None


class UploadForm(Record, omit_defaults=True):
    """A file to upload; ``key`` groups related ones."""

    type: UploadType
    name: str
    key: str | None = None
