"""Loaders of stored functions and of the parts that their list leaves out."""

from __future__ import annotations

import asyncio
from typing import Any, Literal, NamedTuple

import msgspec
from propcache.api import cached_property

from gateway.errors import NotFound
from gateway.loaders.batching import Loader, SideBySide
from gateway.upstreams.function_admin.client import FunctionAdminClient
from gateway.upstreams.function_admin.records import Function, FunctionParts, Version

Part = Literal["content", "valves"]
"""A part of a function that the list of functions leaves out."""

FunctionPart = tuple[str, Part]
"""The id of a function, and the part of it: no named tuple, since there are two for each function of a list."""


class HistoryPage(NamedTuple):
    """One of the vendor's pages of versions; ``page`` counts from 1."""

    function_id: str
    page: int


class VersionId(NamedTuple):
    """A version of a function."""

    function_id: str
    version_id: str


class FunctionAdminLoaders:
    """Functions by id, at most ``parallel`` requests of a kind at once; all of them; their parts."""

    def __init__(self, client: FunctionAdminClient, parallel: int) -> None:
        self._client = client
        self._parallel = parallel

    @cached_property
    def function_by_id(self) -> SideBySide[str, Function | None]:
        return SideBySide(self._client.get, self._parallel)

    @cached_property
    def functions(self) -> SideBySide[None, list[Function]]:
        client = self._client
        return SideBySide(lambda _: client.list())

    @cached_property
    def visible_functions(self) -> SideBySide[None, list[Function]]:
        client = self._client
        return SideBySide(lambda _: client.visible())

    @cached_property
    def function_part(self) -> Loader[FunctionPart, Any]:
        client = self._client
        return Loader(lambda parts: _parts(client, parts))

    @cached_property
    def valves_schema_by_id(self) -> SideBySide[str, dict[str, Any] | None]:
        return SideBySide(self._client.valves_schema, self._parallel)

    @cached_property
    def user_valves_by_id(self) -> SideBySide[str, dict[str, Any]]:
        return SideBySide(self._client.user_valves, self._parallel)

    @cached_property
    def user_valves_schema_by_id(self) -> SideBySide[str, dict[str, Any] | None]:
        return SideBySide(self._client.user_valves_schema, self._parallel)

    @cached_property
    def history_by_page(self) -> SideBySide[HistoryPage, list[Version]]:
        client = self._client
        return SideBySide(lambda key: client.history(*key), self._parallel)

    @cached_property
    def version_by_id(self) -> SideBySide[VersionId, Version | None]:
        client = self._client
        return SideBySide(lambda key: client.version(*key), self._parallel)


async def _parts(client: FunctionAdminClient, parts: list[FunctionPart]) -> list[Any]:
    """The parts of one function are a request each; those of more are one export, which holds all of all functions."""
    if len({function_id for function_id, _ in parts}) == 1:
        return await asyncio.gather(*(_one_part(client, function_id, part) for function_id, part in parts))
    exported = await client.parts(include_valves=any(part == "valves" for _, part in parts))
    by_id = {function.id: function for function in exported}
    return [_part_of(by_id.get(function_id), part) for function_id, part in parts]


async def _one_part(client: FunctionAdminClient, function_id: str, part: Part) -> Any:
    if part == "valves":
        return await client.valves(function_id)
    return _part_of(await client.get(function_id), part)


def _part_of(function: Function | FunctionParts | None, part: Part) -> Any:
    if function is None:
        return NotFound("The function is not there any more.", service="function_admin")
    value = function.content if part == "content" else function.valves
    return {} if value is None or value is msgspec.UNSET else value
