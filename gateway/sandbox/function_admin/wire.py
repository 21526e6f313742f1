"""How Open WebUI's web framework (FastAPI) reads requests and writes answers.

A body counts as JSON only under a JSON content type; what does not fit a form is answered with 422 and Pydantic's own
list of errors, which echoes the input; answers are compact UTF-8, compressed when asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from aiohttp import web
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

COMPRESSED_FROM_BYTES = 500
JSON_TYPE = re.compile(r"application/([\w.-]+\+)?json", re.IGNORECASE)
PAGE = '<!doctype html>\n<html lang="en"><head><title>Open WebUI (sandbox)</title></head><body></body></html>\n'

T = TypeVar("T")


class ApiError(Exception):
    """An answer other than 200: ``{"detail": ...}`` under ``status``."""

    def __init__(self, status: int, detail: str | list[dict[str, Any]]) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail


def answer(
    request: web.Request, value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    body = to_json(value, inf_nan_mode="null")
    response = web.Response(body=body, status=status, headers=headers, content_type="application/json")
    if len(body) >= COMPRESSED_FROM_BYTES and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.enable_compression(web.ContentCoding.gzip)
    return response


def server_error() -> web.Response:
    """What an exception nobody handled looks like from outside."""
    return web.Response(text="Internal Server Error", status=500, content_type="text/plain", charset="utf-8")


async def page_or_405(request: web.Request) -> web.Response:
    """Any path without a route: the web page for GET and HEAD, whoever asks, and 405 for the rest."""
    if request.method in ("GET", "HEAD"):
        return web.Response(text=PAGE, content_type="text/html", charset="utf-8")
    return answer(request, {"detail": "Method Not Allowed"}, 405, {"Allow": "GET, HEAD"})


async def read_body(request: web.Request) -> Any:
    """The body before it is held against a form: JSON, or text when it does not say that it is JSON, or null."""
    raw = await request.read()
    if not raw:
        return None
    if not JSON_TYPE.match(request.headers.get("Content-Type", "")):
        return raw.decode()
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        problem = {"type": "json_invalid", "loc": ["body", error.pos], "msg": "JSON decode error", "input": {}}
        raise ApiError(422, [problem | {"ctx": {"error": error.msg}}]) from error
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "There was an error parsing the body") from error


def body_as(form: TypeAdapter[T], body: Any) -> T:
    if body is None:
        raise ApiError(422, [{"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}])
    try:
        return form.validate_python(body, from_attributes=True)
    except ValidationError as error:
        raise ApiError(422, _problems("body", error)) from error


def query_as(form: TypeAdapter[T], request: web.Request) -> T:
    """The query string as a form; of a name given twice the last value counts."""
    try:
        return form.validate_python(dict(request.query.items()))
    except ValidationError as error:
        missing = {"missing": {"input": None}}
        raise ApiError(422, [item | missing.get(item["type"], {}) for item in _problems("query", error)]) from error


def _problems(place: Literal["body", "query"], error: ValidationError) -> list[dict[str, Any]]:
    return [{**item, "loc": [place, *item["loc"]]} for item in error.errors(include_url=False)]
