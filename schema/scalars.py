"""Scalars: those of the prediction vendor's graph, used for the other backends too."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from gateway.uploads import UploadedFile
from gateway.upstreams.prediction.values import DTYPES

DateTime = NewType("DateTime", str)
Url = NewType("Url", str)
Tag = NewType("Tag", str)
Client = NewType("Client", str)
Dtype = NewType("Dtype", str)
Upload = NewType("Upload", UploadedFile)
JSON = NewType("JSON", object)
JSONObject = NewType("JSONObject", dict)  # type: ignore[type-arg]

_TAG = re.compile(r"@[a-z0-9_-]+(\.[a-z0-9_-]+)*/[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_CLIENT = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_URL = re.compile(r"(https?://|data:)\S+")


def _date_time(value: datetime | str) -> str:
    return value if isinstance(value, str) else value.isoformat().replace("+00:00", "Z")


def _text(what: str, pattern: re.Pattern[str]) -> Any:
    def parse(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise GraphQLError(f"Expected {what}.")
        return value

    return parse


def _dtype(value: object) -> str:
    if not isinstance(value, str) or value not in DTYPES:
        raise GraphQLError("Expected a value type, such as string, float32 or dict.")
    return value


def _upload(value: object) -> UploadedFile:
    if not isinstance(value, UploadedFile):
        raise GraphQLError("Expected a file of a multipart request.")
    return value


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise GraphQLError("Expected a JSON object.")
    return value


SCALARS: dict[object, ScalarDefinition] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="ISO 8601 date-time string.",
        serialize=_date_time,
        parse_value=str,
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    ),
    Url: strawberry.scalar(
        name="URL",
        description="Web (`https://`) or data (`data:`) URL.",
        parse_value=_text("a web or data URL", _URL),
    ),
    Tag: strawberry.scalar(
        name="Tag",
        description="Predictor tag, `@username/name`, lowercase.",
        parse_value=_text("a tag such as @username/name, in lower case", _TAG),
    ),
    Client: strawberry.scalar(
        name="Client",
        description="Client identifier, such as `node`, `browser` or `linux:x86_64`.",
        parse_value=_text("a client identifier such as linux:x86_64", _CLIENT),
    ),
    Dtype: strawberry.scalar(
        name="Dtype",
        description="Value data type: " + " ".join(sorted(DTYPES)) + ".",
        parse_value=_dtype,
    ),
    Upload: strawberry.scalar(
        name="Upload",
        description="A file that comes with the operation, in a GraphQL multipart request.",
        parse_value=_upload,
        specified_by_url="https://github.com/jaydenseric/graphql-multipart-request-spec",
    ),
    JSON: strawberry.scalar(name="JSON", description="Any JSON value.", parse_value=lambda value: value),
    JSONObject: strawberry.scalar(name="JSONObject", description="A JSON object.", parse_value=_object),
}

_TEXT = frozenset({str})
_JSON = frozenset({str, int, float, bool, list, dict})

SERIALISED_AS_THEY_ARE = {
    "DateTime": _TEXT,
    "URL": _TEXT,
    "Tag": _TEXT,
    "Client": _TEXT,
    "Dtype": _TEXT,
    "JSON": _JSON,
    "JSONObject": frozenset({dict}),
}
"""By the name of a scalar: values of exactly these types need no serialising."""
