"""The prediction functions: what the predictors of the stand-in compute.

Each takes the inputs by name and a ``log``, and yields its results: once, or, if it streams, as they grow. What it
raises is the error of the prediction.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from gateway.sandbox.prediction.signatures import (
    DEFAULT_NAME,
    DEFAULT_SIDE,
    DEFAULT_TEXT,
    FAILURE,
    MAX_SIDE,
    PATTERNS,
)
from gateway.sandbox.prediction.values import Media

Inputs = Mapping[str, Any]
Log = Callable[[str], None]
Results = Iterator[list[Any]]

RGBA_COLOUR_TYPE = 6


def echo(inputs: Inputs, log: Log) -> Results:
    log(f"Answering {len(inputs)} inputs\n")
    yield list(inputs.values())


def greeting(inputs: Inputs, log: Log) -> Results:
    name = _text(inputs, "name", DEFAULT_NAME)
    log(f"Greeting {name}\n")
    yield [f"Hello, {name}!"]


def stream(inputs: Inputs, log: Log) -> Results:
    words = _text(inputs, "text", DEFAULT_TEXT).split() or [""]
    for count in range(1, len(words) + 1):
        log(f"Word {count} of {len(words)}\n")
        yield [" ".join(words[:count])]


def fail(inputs: Inputs, log: Log) -> Results:
    log("About to fail\n")
    raise RuntimeError(_text(inputs, "message", FAILURE))


def image(inputs: Inputs, log: Log) -> Results:
    width, height = (_side(inputs, name) for name in ("width", "height"))
    pattern = _text(inputs, "pattern", PATTERNS[0])
    if pattern not in PATTERNS:
        raise ValueError(f"pattern must be one of {', '.join(PATTERNS)}, not {pattern!r}")
    log(f"Painting a {pattern} of {width}x{height} pixels\n")
    yield [Media("image", png(_painted(pattern, width, height)))]


def add(inputs: Inputs, log: Log) -> Results:
    arrays = [_numbers(name, value) for name, value in inputs.items()]
    log(f"Adding {sum(array.size for array in arrays)} numbers\n")
    yield [sum(array.sum().item() for array in arrays)]


FUNCTIONS: dict[str, Callable[[Inputs, Log], Results]] = {
    "echo": echo,
    "greeting": greeting,
    "identity": echo,
    "stream": stream,
    "fail": fail,
    "image": image,
    "sum": add,
}


def png(pixels: np.ndarray[Any, Any]) -> bytes:
    """A PNG file of ``pixels``: height x width x RGBA, one byte each (PNG specification, section 5)."""
    height, width, _ = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, RGBA_COLOUR_TYPE, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels.astype(np.uint8))
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _painted(pattern: str, width: int, height: int) -> np.ndarray[Any, Any]:
    y, x = np.mgrid[0:height, 0:width]
    if pattern == "checkerboard":
        shade = (x // 4 + y // 4) % 2 * 255
        return np.stack([shade, shade, shade, np.full_like(x, 255)], axis=-1)
    red, green = 255 * x // max(width - 1, 1), 255 * y // max(height - 1, 1)
    return np.stack([red, green, np.full_like(x, 128), np.full_like(x, 255)], axis=-1)


def _text(inputs: Inputs, name: str, default: str) -> str:
    value = inputs.get(name, default)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string")
    return value


def _side(inputs: Inputs, name: str) -> int:
    value = np.asarray(inputs.get(name, DEFAULT_SIDE))
    if value.shape != () or value.dtype.kind not in "iu" or not 1 <= value <= MAX_SIDE:
        raise ValueError(f"{name} must be an integer from 1 to {MAX_SIDE}")
    return int(value)


def _numbers(name: str, value: Any) -> np.ndarray[Any, Any]:
    array = np.asarray(value)
    if array.dtype.kind not in "iufb":
        raise TypeError(f"{name} is not numeric")
    return array
