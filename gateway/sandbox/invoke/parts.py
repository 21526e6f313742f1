"""The labels and the fields of a function: lists inside its document, each item with an id and a unique name.

Source: www.nyckel.com/docs, "API reference", Labels and Fields.
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from gateway.sandbox.invoke.answers import ApiError, Route, given_keys, json_object, new_id, page_of, short_id
from gateway.sandbox.invoke.catalog import Catalog
from gateway.sandbox.invoke.inputs import CELL_TYPES
from gateway.sandbox.store import Document


class PartHandlers:
    """The handlers of one kind, ``label`` or ``field``; ``read`` takes the members of an item from a body."""

    def __init__(self, catalog: Catalog, kind: str, read: Callable[[Document], Document]) -> None:
        self._catalog = catalog
        self._kind = kind
        self._read = read

    def routes(self) -> list[Route]:
        all_of_it = f"/v1/functions/{{function}}/{self._kind}s"
        one = all_of_it + "/{part}"
        replace: list[Route] = [("PUT", one, self._replace)] if self._kind == "label" else []
        return [
            ("GET", all_of_it, self._list),
            ("POST", all_of_it, self._create),
            ("GET", one, self._get),
            ("DELETE", one, self._delete),
            *replace,
        ]

    async def _list(self, request: web.Request) -> web.Response:
        function = self._catalog.find(request.match_info["function"])
        return page_of(request, self._parts(function))

    async def _create(self, request: web.Request) -> web.Response:
        function = self._catalog.find_own(request.match_info["function"])
        part = {"id": new_id(self._kind), **self._read(await json_object(request))}
        if part["name"] in [each["name"] for each in self._parts(function)]:
            raise ApiError(409, f"{self._kind.capitalize()} {part['name']} already exists.")
        self._parts(function).append(part)
        self._catalog.save(function)
        return web.json_response(part)

    async def _get(self, request: web.Request) -> web.Response:
        function = self._catalog.find(request.match_info["function"])
        return web.json_response(self._parts(function)[self._place(function, request)])

    async def _replace(self, request: web.Request) -> web.Response:
        function = self._catalog.find_own(request.match_info["function"])
        place = self._place(function, request)
        part = {"id": self._parts(function)[place]["id"], **self._read(await json_object(request))}
        self._parts(function)[place] = part
        self._catalog.save(function)
        return web.json_response(part)

    async def _delete(self, request: web.Request) -> web.Response:
        function = self._catalog.find_own(request.match_info["function"])
        part = self._parts(function).pop(self._place(function, request))
        self._catalog.drop_from_samples(function, part["id"])
        self._catalog.save(function)
        return web.Response()

    def _parts(self, function: Document) -> list[Document]:
        parts: list[Document] = function[f"{self._kind}s"]
        return parts

    def _place(self, function: Document, request: web.Request) -> int:
        wanted = short_id(self._kind, request.match_info["part"])
        for place, part in enumerate(self._parts(function)):
            if short_id(self._kind, part["id"]) == wanted:
                return place
        raise ApiError(404, f"{self._kind.capitalize()} not found.")


def read_label(body: Document) -> Document:
    metadata = body.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise ApiError(400, "metadata must be an object.")
    return given_keys({"name": _name(body), "description": body.get("description"), "metadata": metadata})


def read_field(body: Document) -> Document:
    if body.get("type") not in CELL_TYPES:
        raise ApiError(400, f"type must be one of {', '.join(CELL_TYPES)}.")
    return {"name": _name(body), "type": body["type"]}


def _name(body: Document) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not name:
        raise ApiError(400, "name is required.")
    return name
