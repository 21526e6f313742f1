"""Runs a client's calls one by one and prints what each gave or raised, as JSON by name. For a client's own Python."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image  # type: ignore[import-not-found]


class Recorder:
    """``call`` records; ``print`` shows all. The gateway's address is written as GATEWAY."""

    def __init__(self) -> None:
        self._calls: dict[str, dict[str, Any]] = {}

    def call(self, name: str, function: Callable[[], Any]) -> Any:
        """Record the call, and give back its result; None if it raised."""
        try:
            result = function()
        except Exception as error:
            text = str(error).replace(os.environ["FXN_API_URL"], "GATEWAY")
            self._calls[name] = {"raises": f"{type(error).__name__}: {text}"}
            return None
        self._calls[name] = {"gives": plain(result)}
        return result

    def print(self) -> None:
        print(json.dumps(self._calls))  # noqa: T201


def plain(value: Any) -> Any:
    """The value as JSON: arrays with their type, images with a pixel, files by their content."""
    if isinstance(value, np.ndarray):
        return {"dtype": value.dtype.name, "items": value.tolist()}
    if isinstance(value, Image.Image):
        return {"size": list(value.size), "mode": value.mode, "pixel": list(value.getpixel((0, 0)))}
    if isinstance(value, (Path, BytesIO)):
        return {"bytes": (value.read_bytes() if isinstance(value, Path) else value.getvalue()).decode()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if dataclasses.is_dataclass(value):
        return plain({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    return plain(dict(value)) if hasattr(value, "model_dump") else value


def values() -> dict[str, Any]:
    """A value of each kind that a client can send."""
    return {
        "string": "héllo",
        "float": 2.5,
        "integer": 7,
        "boolean": True,
        "list": [1, "a", None],
        "dictionary": {"k": [1.5]},
        "array": np.array([[1, 2], [3, 4]], dtype="int16"),
        "flags": np.array([True, False]),
        "image": Image.new("RGBA", (4, 2), (1, 2, 3, 4)),
    }
