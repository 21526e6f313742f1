"""The signature of each prediction function: its parameters, as a provisioned predictor shows them."""

from __future__ import annotations

from typing import Any

from gateway.sandbox.prediction.values import data_url, encode

Parameter = dict[str, Any]

DEFAULT_NAME = "World"
DEFAULT_TEXT = "one graph over four backends"
DEFAULT_SIDE = 16
MAX_SIDE = 512
PATTERNS = ("gradient", "checkerboard")
FAILURE = "This predictor always fails"


def value_json(value: Any) -> dict[str, Any]:
    """A value as ``{data, type, shape}``, always as a data URL."""
    encoded = encode(value)
    data = None if encoded.data is None else data_url(encoded.data, encoded.mime)
    return {"data": data, "type": encoded.type, "shape": encoded.shape}


def _parameter(name: str, kind: str | None, description: str, **members: Any) -> Parameter:
    unset = dict.fromkeys(("range", "enumeration", "defaultValue", "schema"))
    return {"name": name, "type": kind, "description": description, "optional": False, **unset, **members}


def _signature(inputs: list[Parameter], *outputs: Parameter) -> dict[str, list[Parameter]]:
    return {"inputs": inputs, "outputs": list(outputs)}


def _defaults_to(value: Any) -> dict[str, Any]:
    return {"optional": True, "defaultValue": value_json(value)}


def _side(name: str) -> Parameter:
    return _parameter(
        name, "int32", f"Image {name} in pixels.", range=[1.0, float(MAX_SIDE)], **_defaults_to(DEFAULT_SIDE)
    )


SIGNATURES: dict[str, dict[str, list[Parameter]]] = {
    "echo": _signature(
        [_parameter("input", None, "Any value.", optional=True)], _parameter("output", None, "The same value.")
    ),
    "greeting": _signature(
        [_parameter("name", "string", "Whom to greet.", **_defaults_to(DEFAULT_NAME))],
        _parameter("greeting", "string", "The greeting."),
    ),
    "identity": _signature(
        [
            _parameter("items", "list", "A list.", optional=True, schema={"type": "array", "items": {}}),
            _parameter("options", "dict", "A dictionary.", optional=True, schema={"type": "object"}),
            _parameter("image", "image", "An image.", optional=True),
        ],
        _parameter("outputs", None, "The inputs, in the order in which they were given."),
    ),
    "stream": _signature(
        [_parameter("text", "string", "What to say, word by word.", **_defaults_to(DEFAULT_TEXT))],
        _parameter("text", "string", "The words so far."),
    ),
    "fail": _signature([_parameter("message", "string", "The text of the failure.", **_defaults_to(FAILURE))]),
    "image": _signature(
        [
            _side("width"),
            _side("height"),
            _parameter(
                "pattern",
                "string",
                "What to paint.",
                enumeration=[{"name": pattern.upper(), "value": pattern} for pattern in PATTERNS],
                **_defaults_to(PATTERNS[0]),
            ),
        ],
        _parameter("image", "image", "A PNG image with an alpha channel."),
    ),
    "sum": _signature(
        [_parameter("values", "float32", "Numbers of any shape. Further inputs are added.")],
        _parameter("sum", None, "The sum: an integer if every input is one."),
    ),
}
