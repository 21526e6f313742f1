"""The management API under ``/fn/api/v0``, for the account key.

Source: the requests of the SDK covalent-cloud 1.4.4. Errors are ``{"detail", "code"}``.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from gateway.sandbox.deployment.functions import Functions, record, row
from gateway.sandbox.store import Document

PREFIX = "/fn/api/v0/functions"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
FunctionHandler = Callable[[web.Request, Document], web.Response]


class ListQuery(BaseModel):
    """The query of ``GET /functions``: ``page`` counts from 0, in pages of ``count``."""

    count: int = Field(default=10, ge=1)
    page: int = Field(default=0, ge=0)
    direction: Literal["ASC", "DESC"] = "DESC"
    sort: Literal["created_at", "updated_at", "title", "status"] = "created_at"
    search: str = ""
    status: str | None = None

    def chosen(self, functions: list[Document]) -> list[Document]:
        found = [function for function in functions if self._fits(function)]
        return sorted(found, key=lambda function: str(function[self.sort]), reverse=self.direction == "DESC")

    def _fits(self, function: Document) -> bool:
        text = f"{function['title']}\n{function['description']}".lower()
        return self.search.lower() in text and self.status in (None, function["status"])


class Management:
    """The handlers; every one refuses a request without the account key."""

    def __init__(self, functions: Functions, account_keys: Sequence[str]) -> None:
        self._functions = functions
        self._account_keys = account_keys

    def routes(self) -> list[web.RouteDef]:
        one = PREFIX + "/{id}"
        return [
            web.get(PREFIX, self._guarded(self._list)),
            web.get(one, self._guarded(self._get)),
            web.put(one + "/teardown", self._guarded(self._on_function(self._tear_down))),
            web.get(one + "/inference-keys", self._guarded(self._on_function(self._list_keys))),
            web.post(one + "/inference-keys", self._guarded(self._on_function(self._create_key))),
            web.delete(one + "/inference-keys/{key}", self._guarded(self._on_function(self._delete_key))),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if not same_key(request, *self._account_keys):
                return _error(401, "Unauthorized", "auth/unauthorized")
            return await handler(request)

        return guarded

    def _on_function(self, handler: FunctionHandler) -> Handler:
        async def on_function(request: web.Request) -> web.StreamResponse:
            function = self._functions.find(request.match_info["id"])
            return _function_not_found() if function is None else handler(request, function)

        return on_function

    async def _list(self, request: web.Request) -> web.Response:
        try:
            query = ListQuery.model_validate(dict(request.query))
        except ValidationError as error:
            return _error(422, _first_problem(error), "function/invalid-query")
        found = query.chosen(self._functions.all())
        end = (query.page + 1) * query.count
        shown = found[end - query.count : end]
        metadata = {
            "total_count": len(found),
            "page": query.page,
            "count": len(shown),
            "has_next_page": end < len(found),
        }
        return web.json_response({"records": [row(function) for function in shown], "metadata": metadata})

    async def _get(self, request: web.Request) -> web.Response:
        function = self._functions.read(request.match_info["id"])
        return _function_not_found() if function is None else web.json_response(record(function, _origin(request)))

    def _tear_down(self, _: web.Request, function: Document) -> web.Response:
        self._functions.tear_down(function)
        return web.json_response({"id": function["id"], "status": "INACTIVE"})

    def _list_keys(self, _: web.Request, function: Document) -> web.Response:
        return web.json_response([_without(key, "key") for key in function["inference_keys"]])

    def _create_key(self, _: web.Request, function: Document) -> web.Response:
        return web.json_response(_without(self._functions.add_key(function), "last_used"), status=201)

    def _delete_key(self, request: web.Request, function: Document) -> web.Response:
        if not self._functions.delete_key(function, request.match_info["key"]):
            return _error(404, "Inference key not found", "inference-key/not-found")
        return web.Response(status=204)


def same_key(request: web.Request, *keys: str) -> bool:
    """Whether ``x-api-key`` is one of these keys, each compared in constant time."""
    given = request.headers.get("x-api-key", "").encode("utf-8", "surrogateescape")
    return any(hmac.compare_digest(given, key.encode()) for key in keys)


def _error(status: int, detail: str, code: str) -> web.Response:
    return web.json_response({"detail": detail, "code": code}, status=status)


def _function_not_found() -> web.Response:
    return _error(404, "Function not found", "function/not-found")


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    return f"{problem['loc'][0]}: {problem['msg']}"


def _origin(request: web.Request) -> str:
    return str(request.url.origin())


def _without(key: Document, hidden: str) -> Document:
    return {name: value for name, value in key.items() if name != hidden}
