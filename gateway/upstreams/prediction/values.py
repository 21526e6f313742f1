"""Prediction values: from and to the data URLs that the vendor sends.

Numbers and booleans are raw little-endian bytes with a ``shape`` ([] for a scalar), strings UTF-8, lists and
dictionaries JSON text; the MIME type of the data URL says nothing. Source: docs.fxn.ai, "Prediction values".
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import struct
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec

from gateway.errors import BadInput
from gateway.upstreams.prediction.records import Value

T = TypeVar("T")

_FLOATS = {"float16": "e", "float32": "f", "float64": "d"}
_SIGNED = {"int8": "b", "int16": "h", "int32": "i", "int64": "q"}
_UNSIGNED = {"uint8": "B", "uint16": "H", "uint32": "I", "uint64": "Q"}
NUMERIC = {**_FLOATS, **_SIGNED, **_UNSIGNED, "bool": "?"}
"""By name, as the standard library's ``struct`` calls them. numpy reads them too, and takes 11 MB to do so."""
# `3d` is what `model` was called until June 2023.
DTYPES = {*NUMERIC, "null", "string", "list", "dict", "image", "video", "audio", "model", "3d", "binary"}


def encode(value: Any, dtype: str) -> Value:
    """A plain value as ``dtype``; numbers and booleans may be nested lists. Raises ``BadInput`` if it does not fit."""
    try:
        return _encoded(value, dtype)
    except (TypeError, ValueError, OverflowError, RecursionError, struct.error) as error:
        raise BadInput(f"The value does not fit into {dtype}.") from error


def _encoded(value: Any, dtype: str) -> Value:
    match dtype:
        case "null":
            return Value(type=dtype)
        case "string":
            return Value(type=dtype, data=data_url(_checked(value, str).encode(), "text/plain"))
        case "list" | "dict":
            text = json.dumps(_checked(value, list if dtype == "list" else dict), allow_nan=False)
            return Value(type=dtype, data=data_url(text.encode(), "application/json"))
        case _ if dtype in NUMERIC:
            items, shape = _flat(value)
            content = struct.pack(f"<{len(items)}{NUMERIC[dtype]}", *_numbers(items, dtype))
            return Value(type=dtype, data=data_url(content), shape=shape)
    raise BadInput(f"A value of type {dtype} is given as `data`.")


def _checked(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"not a {kind.__name__}")
    return value


def _flat(value: Any) -> tuple[list[Any], list[int]]:
    """What nested lists hold, in a row, and their shape. Raises ``ValueError`` where their lengths differ."""
    items, shape = [value], list[int]()
    while set(map(type, items)) == {list}:
        lengths = set(map(len, items))
        if len(lengths) > 1:
            raise ValueError("lists of different lengths")
        shape += lengths
        items = list(chain.from_iterable(items))
    return items, shape


def _numbers(items: list[Any], dtype: str) -> list[Any]:
    """The same as numbers of ``dtype``. Rounding to a shorter float is a fit; what loses more raises."""
    kinds = set(map(type, items))
    if dtype == "bool":
        numbers, fits = items, kinds <= {bool}
    elif dtype in _FLOATS:
        numbers, fits = items, kinds <= {int, float} and all(map(math.isfinite, items))
    else:
        numbers = list(map(int, items)) if kinds <= {int, float, bool} else []
        fits = numbers == items
    if not fits:
        raise ValueError("not of this kind")
    return numbers


def decode(value: Value) -> Any:
    """The plain value: a number, boolean, string, list or dictionary; arrays are flat lists.

    None where there is none to give: media types, data behind a web URL, or bytes that do not fit the type.
    """
    content = content_of(value.data)
    if content is None:
        return None
    try:
        if value.type in NUMERIC:
            code = NUMERIC[value.type]
            items = list(struct.unpack(f"<{len(content) // struct.calcsize(f'<{code}')}{code}", content))
            return items[0] if value.shape == [] and len(items) == 1 else items
        if value.type == "string":
            return content.decode()
        if value.type in ("list", "dict"):
            return _checked(msgspec.json.decode(content), list if value.type == "list" else dict)
    except (TypeError, ValueError, RecursionError, struct.error):
        return None
    return None


def data_url(content: bytes, mime: str = "application/octet-stream") -> str:
    """A data URL (RFC 2397) in base64."""
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def content_of(url: str | None) -> bytes | None:
    """The bytes of a data URL; None for any other address, or a malformed one."""
    if url is None or not url.startswith("data:"):
        return None
    head, comma, body = url.partition(",")
    if not comma:
        return None
    if not head.endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(unquote_to_bytes(body), validate=True)
    except binascii.Error:
        return None
