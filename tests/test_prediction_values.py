"""Values of every type: from the typed forms to data URLs, and back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from gateway.errors import BadInput
from gateway.upstreams.prediction.records import Value
from gateway.upstreams.prediction.values import DTYPES, NUMERIC, content_of, data_url, decode, encode
from tests.harness import Gateway

INTEGERS = [name for name in NUMERIC if "int" in name]
FLOATS = [name for name in NUMERIC if "float" in name]
MEDIA = ["image", "video", "audio", "model", "3d", "binary"]


def bounds(dtype: str) -> tuple[int, int]:
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)


def test_every_type_is_one_of_these() -> None:
    assert {*INTEGERS, *FLOATS, *MEDIA, "bool", "string", "list", "dict", "null"} == DTYPES
    assert len(DTYPES) == 22


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_come_back_up_to_their_bounds(dtype: str) -> None:
    low, high = bounds(dtype)
    assert decode(encode(high, dtype)) == high
    tensor = encode([[low, 1], [high, 0]], dtype)
    assert tensor.shape == [2, 2]
    assert decode(tensor) == [low, 1, high, 0]
    assert content_of(tensor.data) == np.array([low, 1, high, 0], dtype=np.dtype(dtype).newbyteorder("<")).tobytes()


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_out_of_bounds_do_not_fit(dtype: str) -> None:
    low, high = bounds(dtype)
    for wrong in (low - 1, high + 1, 1.5, "1", None, [[1, 2], [3]], {"a": 1}):
        with pytest.raises(BadInput, match=f"does not fit into {dtype}"):
            encode(wrong, dtype)


@pytest.mark.parametrize("dtype", FLOATS)
def test_floats_come_back_rounded_to_their_length(dtype: str) -> None:
    assert decode(encode(0.5, dtype)) == 0.5
    assert decode(encode([0.1, -2], dtype)) == np.array([0.1, -2], dtype=dtype).tolist()
    assert decode(encode([], dtype)) == []
    for wrong in (1e400, float("nan"), "1", True, None):
        with pytest.raises(BadInput):
            encode(wrong, dtype)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_a_float_over_the_range_does_not_fit(dtype: str) -> None:
    with pytest.raises(BadInput):
        encode(1e300, dtype)


def test_booleans_are_a_byte_each() -> None:
    assert content_of(encode([True, False], "bool").data) == b"\1\0"
    assert decode(encode(True, "bool")) is True
    assert decode(encode([[True], [False]], "bool")) == [True, False]
    with pytest.raises(BadInput):
        encode(1, "bool")


@pytest.mark.parametrize(
    ("dtype", "value", "content", "mime"),
    [
        ("string", "héllo 🙃", "héllo 🙃".encode(), "text/plain"),
        ("string", "", b"", "text/plain"),
        ("list", [1, None, {"a": "é"}], b'[1, null, {"a": "\\u00e9"}]', "application/json"),
        ("dict", {"a": [1.5]}, b'{"a": [1.5]}', "application/json"),
    ],
)
def test_texts_and_json_come_back(dtype: str, value: Any, content: bytes, mime: str) -> None:
    encoded = encode(value, dtype)
    assert encoded == Value(type=dtype, data=data_url(content, mime), shape=None)
    assert decode(encoded) == value


@pytest.mark.parametrize(
    ("dtype", "wrong"),
    [("string", 1), ("string", "\ud800"), ("list", {}), ("dict", []), ("list", [float("inf")]), ("image", "x")],
)
def test_what_is_of_another_kind_does_not_fit(dtype: str, wrong: Any) -> None:
    with pytest.raises(BadInput):
        encode(wrong, dtype)


@pytest.mark.parametrize(
    "value",
    [
        Value("null"), Value("image", data_url(b"x")), Value("string", "https://example.com/a"),
        Value("int32", data_url(b"123"), []), Value("string", data_url(b"\xff")), Value("list", data_url(b"{}")),
        Value("dict", data_url(b"[" * 100_000)), Value("list", data_url(b"[NaN]")), Value("string", "data:no comma"),
        Value("string", "data:;base64,%%%"), Value("newer", data_url(b"x")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_null(value: Value) -> None:
    assert decode(value) is None


@pytest.mark.parametrize("dtype", MEDIA)
def test_media_pass_as_they_are(dtype: str) -> None:
    assert decode(Value(dtype, data_url(b"x"))) is None


TYPED = (
    "stringValue",
    "floatValue",
    "floatArray",
    "intValue",
    "intArray",
    "boolValue",
    "boolArray",
    "listValue",
    "dictValue",
)
ECHO = (
    "mutation ($input: CreatePredictionInput!) { createPrediction(input: $input) { "
    f"results {{ type shape {' '.join(TYPED)} }} }} }}"
)


async def echo(gateway: Gateway, value: dict[str, Any]) -> dict[str, Any]:
    """The value as the echoing predictor gives it back: the members that are not null."""
    given = {"tag": "@fxn/identity", "client": "linux", "inputs": [{"name": "value", **value}]}
    [result] = (await gateway.post(ECHO, {"input": given})).data["createPrediction"]["results"]
    return {name: member for name, member in result.items() if member is not None}


@pytest.mark.parametrize(
    ("form", "value", "dtype", "shape"),
    [
        ("stringValue", "x", "string", None), ("floatValue", 0.5, "float32", []), ("floatArray", [0.5], "float32", [1]),
        ("intValue", -7, "int32", []), ("intArray", [1, 2], "int32", [2]), ("boolValue", False, "bool", []),
        ("boolArray", [True], "bool", [1]), ("listValue", [1, "a"], "list", None),
        ("dictValue", {"a": 1}, "dict", None),
    ],
)  # fmt: skip
async def test_a_typed_form_comes_back_in_its_own_form(
    gateway: Gateway, form: str, value: Any, dtype: str, shape: list[int] | None
) -> None:
    # As fxn 0.0.5 to 0.0.9 send it: with null for every other member.
    nulls = dict.fromkeys((*TYPED, "data", "type", "shape"))
    expected = {"type": dtype, form: value} | ({} if shape is None else {"shape": shape})
    assert await echo(gateway, {**nulls, form: value}) == expected


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
async def test_a_typed_form_can_be_sent_as_another_type(gateway: Gateway, dtype: str) -> None:
    form = "floatArray" if dtype in FLOATS else "intArray"
    assert await echo(gateway, {form: [1, 2], "type": dtype}) == {"type": dtype, "shape": [2], form: [1, 2]}


async def test_what_graphql_has_no_number_for_is_null(gateway: Gateway) -> None:
    wide = {"data": data_url(np.array(2**40).tobytes()), "type": "int64", "shape": []}
    endless = {"data": data_url(np.array([1, np.inf]).tobytes()), "type": "float64", "shape": [2]}
    assert await echo(gateway, wide) == {"type": "int64", "shape": []}
    assert await echo(gateway, endless) == {"type": "float64", "shape": [2]}


async def test_a_large_value_travels_unchanged(gateway: Gateway) -> None:
    numbers = np.arange(50_000, dtype="<i4")
    value = {"data": data_url(numbers.tobytes()), "type": "int32", "shape": [50_000]}
    assert (await echo(gateway, value))["intArray"] == numbers.tolist()
    assert len(json.dumps(value)) > 2**18
