"""Prediction values: from and to the data URLs that the vendor sends.

Numbers and booleans are raw little-endian bytes with a ``shape`` ([] for a scalar), strings UTF-8, lists and
dictionaries JSON text; the MIME type of the data URL says nothing. Source: docs.fxn.ai, "Prediction values".
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec
import numpy as np

from gateway.errors import BadInput
from gateway.upstreams.prediction.records import Value

T = TypeVar("T")

_NUMBERS = ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
NUMERIC = {name: np.dtype(name).newbyteorder("<") for name in (*_NUMBERS, "bool")}
_FITTING = {"f": "iuf", "b": "b"}
# `3d` is what `model` was called until June 2023.
DTYPES = {*NUMERIC, "null", "string", "list", "dict", "image", "video", "audio", "model", "3d", "binary"}


def encode(value: Any, dtype: str) -> Value:
    """A plain value as ``dtype``; numbers and booleans may be nested lists. Raises ``BadInput`` if it does not fit."""
    try:
        return _encoded(value, dtype)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
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
            array = _array(value, NUMERIC[dtype])
            return Value(type=dtype, data=data_url(array.tobytes()), shape=list(array.shape))
    raise BadInput(f"A value of type {dtype} is given as `data`.")


def _checked(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"not a {kind.__name__}")
    return value


def _array(value: Any, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """The array of ``dtype``. Rounding to a shorter float is a fit; what loses more raises ``ValueError``."""
    if dtype.kind in "iu":
        array, given = np.array(value, dtype=dtype), np.array(value, dtype=object)
        fits = np.array_equal(array.astype(object), given)
    else:
        given = np.array(value)
        with np.errstate(all="ignore"):
            array = given.astype(dtype)
        fits = given.dtype.kind in _FITTING[dtype.kind] or not given.size
        fits = fits and bool(np.isfinite(array).all())
    if not fits:
        raise ValueError("not of this kind, or out of range")
    return array


def decode(value: Value) -> Any:
    """The plain value: a number, boolean, string, list or dictionary; arrays are flat lists.

    None where there is none to give: media types, data behind a web URL, or bytes that do not fit the type.
    """
    content = content_of(value.data)
    if content is None:
        return None
    try:
        if value.type in NUMERIC:
            items = np.frombuffer(content, dtype=NUMERIC[value.type]).tolist()
            return items[0] if value.shape == [] and len(items) == 1 else items
        if value.type == "string":
            return content.decode()
        if value.type in ("list", "dict"):
            return _checked(msgspec.json.decode(content), list if value.type == "list" else dict)
    except (TypeError, ValueError, RecursionError):
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
