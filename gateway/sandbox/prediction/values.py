"""Prediction values: ``{data, type, shape}`` from and to Python (docs.fxn.ai, "Prediction values").

Numbers and booleans are raw little-endian bytes, a ``shape`` of [] means a scalar; strings are UTF-8; lists and
dictionaries are JSON text; ``image`` (PNG or JPEG), ``audio``, ``video``, ``model`` (named ``3d`` until June 2023, by
``fxn`` 0.0.35 still) and ``binary`` are kept as bytes. The MIME type of a data URL says nothing about the type.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

import numpy as np

from gateway.sandbox.prediction.errors import ApiError

Download = Callable[[str], bytes]

ARRAY_TYPES = frozenset(
    {"float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"}
)
MEDIA_TYPES = frozenset({"image", "video", "audio", "model", "3d", "binary"})
MEMBERS = frozenset({"data", "type", "shape"})
MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
INT32 = np.iinfo(np.int32)


@dataclass(frozen=True)
class Media:
    """Bytes of one of ``MEDIA_TYPES``."""

    type: str
    data: bytes


@dataclass(frozen=True)
class Encoded:
    """A value on its way out; ``data`` is None for ``null`` only."""

    type: str
    data: bytes | None
    shape: list[int] | None = None

    @property
    def mime(self) -> str:
        if self.type == "string":
            return "text/plain"
        if self.type in ("list", "dict"):
            return "application/json"
        found = [mime for magic, mime in MAGIC.items() if self.type == "image" and (self.data or b"").startswith(magic)]
        return found[0] if found else "application/octet-stream"


def encode(value: Any) -> Encoded:
    """What a predictor returned. A Python int is an int32 where it fits, a float a float32."""
    if value is None:
        return Encoded("null", None)
    if isinstance(value, Media):
        return Encoded(value.type, value.data)
    if isinstance(value, str):
        return Encoded("string", value.encode())
    if isinstance(value, (list, dict)):
        return Encoded("list" if isinstance(value, list) else "dict", json.dumps(value).encode())
    array = _array(value)
    little_endian = array.astype(array.dtype.newbyteorder("<"))
    return Encoded(array.dtype.name, little_endian.tobytes(), list(array.shape))


def decode(value: Any, download: Download) -> Any:
    """An input: a typed value, or a plain JSON value as in the docs' example. Numbers become arrays.

    ``download`` gets the bytes of a web URL. Raises ``ValueError`` for what cannot be a value.
    """
    if not (isinstance(value, dict) and isinstance(value.get("type"), str) and value.keys() <= MEMBERS):
        return _array(value) if isinstance(value, (bool, int, float)) else value
    kind, url = value["type"], value.get("data")
    if kind == "null":
        return None
    if not isinstance(url, str):
        raise ValueError(f"a value of type {kind} needs `data`")
    data = _content(url) if url.startswith("data:") else download(url)
    return _decoded(kind, data, value.get("shape"))


def data_url(data: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def decode_inputs(body: object, download: Download) -> dict[str, Any]:
    """The inputs of a prediction by name; null means none. Raises 400 that names the input at fault."""
    given = {} if body is None else body
    if not isinstance(given, dict):
        raise ApiError(400, "Invalid input: the inputs must be an object, by name")
    inputs = {}
    for name, value in given.items():
        try:
            inputs[name] = decode(value, download)
        except (ValueError, OverflowError, RecursionError) as error:
            raise ApiError(400, f"Input {name!r}: {error}") from error
    return inputs


def _decoded(kind: str, data: bytes, shape: list[int] | None) -> Any:
    if kind in ARRAY_TYPES:
        return _shaped(np.frombuffer(data, dtype=np.dtype(kind).newbyteorder("<")), shape)
    if kind in MEDIA_TYPES:
        return Media(kind, data)
    if kind == "string":
        return data.decode()
    if kind in ("list", "dict"):
        document = json.loads(data)
        if not isinstance(document, list if kind == "list" else dict):
            raise ValueError(f"the data is not a {kind}")
        return document
    raise ValueError(f"{kind!r} is not a value type")


def _shaped(items: np.ndarray[Any, Any], shape: list[int] | None) -> np.ndarray[Any, Any]:
    if shape is None:
        return items.reshape([]) if items.size == 1 else items
    if not isinstance(shape, list) or not all(type(side) is int and side >= 0 for side in shape):
        raise ValueError("the shape must be a list of whole numbers")
    return items.reshape(shape)


def _array(value: Any) -> np.ndarray[Any, Any]:
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value)
    if isinstance(value, bool):
        return np.array(value)
    if isinstance(value, int):
        return np.array(value, dtype=np.int32 if INT32.min <= value <= INT32.max else np.int64)
    if isinstance(value, float):
        return np.array(value, dtype=np.float32)
    raise TypeError(f"a {type(value).__name__} cannot be a value")


def _content(url: str) -> bytes:
    head, _, body = url.partition(",")
    content = unquote_to_bytes(body)
    if not head.endswith(";base64"):
        return content
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise ValueError("the data URL is not valid Base64") from error
