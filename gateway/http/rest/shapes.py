"""Answers that a document alone cannot give, by the name in a twin's ``@shape``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

JsonSchema = dict[str, Any]

_URL: JsonSchema = {"type": "string", "format": "uri"}


@dataclass(frozen=True)
class Shape:
    """``apply`` makes the answer of what the document selects, ``describe`` its JSON Schema of that one's."""

    apply: Callable[[Any], Any]
    describe: Callable[[JsonSchema], JsonSchema]


def _predictor_v1(predictor: dict[str, Any]) -> dict[str, Any]:
    """fxn 0.0.43 to 0.0.53 call PROVISIONING COMPILING, and none of them takes a signature that is null."""
    status = "COMPILING" if predictor["status"] == "PROVISIONING" else predictor["status"]
    return {**predictor, "status": status, "signature": predictor["signature"] or {"inputs": [], "outputs": []}}


def _describe_predictor_v1(schema: JsonSchema) -> JsonSchema:
    signature = next(kind for kind in schema["properties"]["signature"]["anyOf"] if kind.get("type") != "null")
    status = {"type": "string", "enum": ["COMPILING", "ACTIVE", "INVALID", "ARCHIVED"], "description": "Its life."}
    properties = {**schema["properties"], "status": status, "signature": signature}
    return {**schema, "properties": properties}


def _value_v1(upload_url: str) -> dict[str, str]:
    """What was uploaded is found by the path of its URL, so the signature in the query is not needed to name it."""
    return {"uploadUrl": upload_url, "downloadUrl": upload_url.partition("?")[0]}


def _object_of(*urls: str) -> Callable[[JsonSchema], JsonSchema]:
    return lambda _: {"type": "object", "properties": dict.fromkeys(urls, _URL), "required": list(urls)}


SHAPES = {
    "predictor_v1": Shape(_predictor_v1, _describe_predictor_v1),
    "upload_url": Shape(lambda url: {"url": url}, _object_of("url")),
    "value_v1": Shape(_value_v1, _object_of("uploadUrl", "downloadUrl")),
}
