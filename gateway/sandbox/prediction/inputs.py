"""What callers send: request bodies as the graph's input objects, and query parameters.

JSON null is the same as a member left out: the Python clients send null for every optional one.
"""

from __future__ import annotations

import re
from typing import Any, Literal, TypeVar

import msgspec
from aiohttp import web

from gateway.sandbox.prediction.errors import ApiError

T = TypeVar("T")

TAG = re.compile(r"@[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9._-]*")
NUMBER = re.compile(r"[0-9]{1,9}")
DESCRIPTION_CHARACTERS = 200
DEFAULT_COUNT = 25
NOT_GIVEN = frozenset({"", "None", "null", "undefined"})
"""What the clients write into a URL for a value that they do not have."""


class Input(msgspec.Struct, rename="camel"):
    """Base: camelCase members; unknown ones are passed over."""

    def given(self) -> dict[str, Any]:
        """The members that were given, under their JSON names."""
        return {name: value for name, value in msgspec.to_builtins(self).items() if value is not None}


class UpdateUserInput(Input):
    name: str | None = None
    bio: str | None = None
    avatar: str | None = None
    website: str | None = None
    github: str | None = None
    spend_limit: float | None = None


class EnvironmentVariableInput(Input):
    name: str
    value: str


class CreatePredictorInput(Input):
    """``environment`` is checked and dropped: nothing can read a variable's value."""

    tag: str
    notebook: str
    type: Literal["CLOUD", "EDGE"] | None = None
    access: Literal["PUBLIC", "PRIVATE", "PROTECTED"] | None = None
    description: str | None = None
    media: str | None = None
    acceleration: Literal["CPU", "A40", "A100"] | None = None
    environment: list[EnvironmentVariableInput] | None = None
    license: str | None = None
    overwrite: bool | None = None


class CreateEnvironmentVariableInput(Input):
    name: str
    value: str
    organization: str | None = None


class DeleteEnvironmentVariableInput(Input):
    organization: str | None = None


class CreateUploadUrlInput(Input):
    type: Literal["FEATURE", "VALUE", "MEDIA", "NOTEBOOK"]
    name: str
    key: str | None = None


class CreateValueInput(Input):
    name: str


class CreateEdgePredictionInput(Input):
    tag: str
    client_id: str | None = None
    configuration_id: str | None = None


class CreateRemotePredictionInput(Input):
    tag: str
    inputs: dict[str, Any] | None = None
    acceleration: str | None = None
    client_id: str | None = None
    stream: bool | None = None


async def body_as(request: web.Request, kind: type[T]) -> T:
    """The JSON body, checked. Raises 400 that names the member at fault."""
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError(400, f"Invalid input: {error}") from error


def check_predictor(wanted: CreatePredictorInput) -> None:
    """Raises 400 for what the vendor's docs rule out."""
    if not TAG.fullmatch(wanted.tag):
        raise ApiError(400, f"{wanted.tag!r} is not a tag: it must be `@username/name` in lower case")
    if len(wanted.description or "") > DESCRIPTION_CHARACTERS:
        raise ApiError(400, f"The description must be at most {DESCRIPTION_CHARACTERS} characters")


def number(request: web.Request, name: str) -> int | None:
    """A query parameter that is a number of 0 or more, or None. Raises 400 for anything else."""
    text = request.query.get(name, "")
    if text in NOT_GIVEN:
        return None
    if not NUMBER.fullmatch(text):
        raise ApiError(400, f"{name} must be a number of 0 or more, not {text!r}")
    return int(text)


def page(request: web.Request, rows: list[T]) -> list[T]:
    """The part of a list that ``offset`` and ``count`` ask for."""
    offset, count = number(request, "offset"), number(request, "count")
    start = offset or 0
    return rows[start : start + (DEFAULT_COUNT if count is None else count)]
