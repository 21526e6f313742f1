"""Prediction values and their inputs."""

from __future__ import annotations

import math
from typing import Any

import strawberry

from gateway.upstreams.prediction import records
from gateway.upstreams.prediction.values import decode
from schema.scalars import JSON, Dtype, JSONObject, Url

_INT32 = range(-(2**31), 2**31)


def _of_type(value: records.Value, *dtypes: str) -> Any:
    """The decoded value when its type begins with one of ``dtypes``."""
    return decode(value) if value.type.startswith(dtypes) else None


def _scalar(found: Any) -> Any:
    return None if isinstance(found, list) else found


def _array(found: Any) -> Any:
    return found if isinstance(found, list) else None


def _items(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _float(value: records.Value) -> Any:
    """The floating-point value or values; None where one is infinite or not a number, which JSON cannot carry."""
    found = _of_type(value, "float")
    return found if found is not None and all(map(math.isfinite, _items(found))) else None


def _int(value: records.Value) -> Any:
    """The integer or integers; None where one is more than GraphQL's 32-bit Int can carry."""
    found = _of_type(value, "int", "uint")
    return found if found is not None and all(item in _INT32 for item in _items(found)) else None


@strawberry.type(description="Prediction value (named `Feature` until 2023-07).")
class Value:
    data: Url | None = strawberry.field(description="Web or data URL of the value. Null only when `type` is `null`.")
    type: Dtype = strawberry.field(description="Data type.")
    shape: list[int] | None = strawberry.field(description="Tensor shape; [] for a scalar, null when not applicable.")

    @strawberry.field(description="The value, when it is a string in a data URL.")
    def string_value(self, root: strawberry.Parent[records.Value]) -> str | None:
        return _of_type(root, "string")

    @strawberry.field(description="The value, when it is a finite floating-point scalar in a data URL.")
    def float_value(self, root: strawberry.Parent[records.Value]) -> float | None:
        return _scalar(_float(root))

    @strawberry.field(description="The items in row-major order, when it is a floating-point tensor of finite numbers.")
    def float_array(self, root: strawberry.Parent[records.Value]) -> list[float] | None:
        return _array(_float(root))

    @strawberry.field(description="The value, when it is an integer scalar of at most 32 bits in a data URL.")
    def int_value(self, root: strawberry.Parent[records.Value]) -> int | None:
        return _scalar(_int(root))

    @strawberry.field(description="The items in row-major order, when it is an integer tensor of 32-bit numbers.")
    def int_array(self, root: strawberry.Parent[records.Value]) -> list[int] | None:
        return _array(_int(root))

    @strawberry.field(description="The value, when it is a boolean scalar in a data URL.")
    def bool_value(self, root: strawberry.Parent[records.Value]) -> bool | None:
        return _scalar(_of_type(root, "bool"))

    @strawberry.field(description="The items in row-major order, when it is a boolean tensor in a data URL.")
    def bool_array(self, root: strawberry.Parent[records.Value]) -> list[bool] | None:
        return _array(_of_type(root, "bool"))

    @strawberry.field(description="The value, when it is a list in a data URL.")
    def list_value(self, root: strawberry.Parent[records.Value]) -> JSON | None:
        return _of_type(root, "list")

    @strawberry.field(description="The value, when it is a dictionary in a data URL.")
    def dict_value(self, root: strawberry.Parent[records.Value]) -> JSONObject | None:
        return _of_type(root, "dict")


@strawberry.input(
    description="An input value: `data` with its `type` and `shape`, or one of the typed forms. "
    "Named `FeatureInput` until 2023-07."
)
class ValueInput:
    name: str = strawberry.field(description="Name of the predictor's input.")
    data: Url | None = strawberry.field(default=None, description="Web or data URL of the value.")
    type: Dtype | None = strawberry.field(default=None, description="Data type of `data`.")
    shape: list[int] | None = strawberry.field(default=None, description="Tensor shape of `data`; [] for a scalar.")
    string_value: str | None = strawberry.field(default=None, description="A string.")
    float_value: float | None = strawberry.field(default=None, description="A number, sent as float32.")
    float_array: list[float] | None = strawberry.field(default=None, description="Numbers, sent as float32.")
    int_value: int | None = strawberry.field(default=None, description="An integer, sent as int32.")
    int_array: list[int] | None = strawberry.field(default=None, description="Integers, sent as int32.")
    bool_value: bool | None = strawberry.field(default=None, description="A boolean.")
    bool_array: list[bool] | None = strawberry.field(default=None, description="Booleans.")
    list_value: JSON | None = strawberry.field(default=None, description="A list.")
    dict_value: JSONObject | None = strawberry.field(default=None, description="A dictionary.")

    def typed_forms(self) -> list[tuple[str, Any]]:
        """The typed forms with the dtype that each is sent as."""
        return [
            ("string", self.string_value),
            ("float32", self.float_value),
            ("float32", self.float_array),
            ("int32", self.int_value),
            ("int32", self.int_array),
            ("bool", self.bool_value),
            ("bool", self.bool_array),
            ("list", self.list_value),
            ("dict", self.dict_value),
        ]
