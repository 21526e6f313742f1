"""Inputs of a prediction as REST clients send them: an object keyed by name, where the graph takes a list.

A value is ``{data, type, shape}``, or plain JSON (the vendor's page sends ``{"name": "Yusuf"}``). Source: docs.fxn.ai;
fxn 0.0.22 and later.
"""

from __future__ import annotations

from typing import Any

_VALUE = frozenset({"data", "type", "shape"})


def inputs_by_name(inputs: dict[str, Any]) -> list[dict[str, Any]]:
    """The members as ``ValueInput``."""
    return [{"name": name, **_value_input(value)} for name, value in inputs.items()]


def _value_input(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {}
        case bool():  # before int: it is one in Python
            return {"boolValue": value}
        case int():
            return {"intValue": value}
        case float():
            return {"floatValue": value}
        case str():
            return {"stringValue": value}
        case list():
            return {"listValue": value}
    return dict(value) if isinstance(value.get("type"), str) and value.keys() <= _VALUE else {"dictValue": value}
