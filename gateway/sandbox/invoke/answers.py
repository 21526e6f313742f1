"""What every handler of the invoke stand-in uses: errors, ids, lists in pages, and values of a query.

Source: www.nyckel.com/docs, "Error responses" and "Id conventions". An error is ``{"message"}``; a list is a bare array
whose next page is named by a ``Link`` header, relative to the host.
"""

from __future__ import annotations

import json
import re
import secrets
import string
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from gateway.sandbox.store import Document

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Route = tuple[str, str, Handler]

HOST_PREFIX = "/nyckel.com"
PAGE_SIZE = 100
WHOLE_NUMBER = re.compile("[0-9]{1,9}")
ID_ALPHABET = string.ascii_lowercase + string.digits


class ApiError(Exception):
    """An answer ``{"message"}`` with this status, and ``more`` members."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, **more}


def new_id(kind: str) -> str:
    """Such as ``label_4kq0b2c9x1m7z5ta``."""
    return f"{kind}_" + "".join(secrets.choice(ID_ALPHABET) for _ in range(16))


def short_id(kind: str, given: str) -> str:
    """The id without its prefix, which a request may leave out."""
    return given.removeprefix(f"{kind}_")


def given_keys(document: Mapping[str, Any]) -> Document:
    """Only the keys that are set: the vendor leaves the others out."""
    return {key: value for key, value in document.items() if value is not None}


async def json_body(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except ValueError:
        raise ApiError(400, "The request body is not JSON.") from None


async def json_object(request: web.Request) -> Document:
    body = await json_body(request)
    if not isinstance(body, dict):
        raise ApiError(400, "The request body must be a JSON object.")
    return body


def page_of(request: web.Request, items: Sequence[Document]) -> web.Response:
    """The items from ``startIndex`` on, ``count`` of them (``batchSize`` in the vendor's SDK)."""
    start = whole_number(request, "startIndex", 0, at_least=0)
    size = whole_number(request, "count", whole_number(request, "batchSize", PAGE_SIZE), at_least=1)
    response = web.json_response(list(items[start : start + size]))
    if start + size < len(items):
        query = {**request.query, "startIndex": str(start + size)}
        path = request.path.removeprefix(HOST_PREFIX)
        response.headers["Link"] = f'<{path}?{urlencode(query)}>; rel="next"'
    return response


def whole_number(request: web.Request, name: str, default: int, at_least: int = 1) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not WHOLE_NUMBER.fullmatch(text) or int(text) < at_least:
        raise ApiError(400, f"{name} must be a whole number of at least {at_least}.")
    return int(text)


def flag(name: str, text: str, default: bool) -> bool:
    """A boolean of a query or a form; Python clients send ``True``."""
    if text.lower() not in ("", "true", "false"):
        raise ApiError(400, f"{name} must be true or false.")
    return default if not text else text.lower() == "true"
