"""Loaders of stored functions and of the parts that their list leaves out."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec
from strawberry.dataloader import DataLoader

from gateway.errors import NotFound
from gateway.loaders.batching import side_by_side
from gateway.upstreams.function_admin import Function, FunctionAdminClient


class FunctionPart(NamedTuple):
    """A part of a function that the list of functions leaves out."""

    function_id: str
    part: Literal["content", "valves"]


class FunctionAdminLoaders:
    """Functions by id, at most ``parallel`` requests at once; all of them; their parts."""

    def __init__(self, client: FunctionAdminClient, parallel: int) -> None:
        self.function_by_id: DataLoader[str, Function | None] = side_by_side(client.get, parallel)
        self.functions: DataLoader[None, list[Function]] = side_by_side(lambda _: client.list())
        self.function_part: DataLoader[FunctionPart, Any] = DataLoader(lambda parts: _parts(client, parts))
        self.valves_schema_by_id: DataLoader[str, dict[str, Any] | None] = side_by_side(client.valves_schema, parallel)


async def _parts(client: FunctionAdminClient, parts: list[FunctionPart]) -> list[Any]:
    """One part alone is one request of its own; more of them are one export, which holds all parts of all functions."""
    if len(parts) == 1:
        return [await _one_part(client, parts[0])]
    exported = await client.export(include_valves=any(part.part == "valves" for part in parts))
    by_id = {function.id: function for function in exported}
    return [_part_of(by_id.get(part.function_id), part) for part in parts]


async def _one_part(client: FunctionAdminClient, part: FunctionPart) -> Any:
    if part.part == "valves":
        return await client.valves(part.function_id)
    return _part_of(await client.get(part.function_id), part)


def _part_of(function: Function | None, part: FunctionPart) -> Any:
    if function is None:
        return NotFound("The function is not there any more.", service="function_admin")
    value = function.content if part.part == "content" else function.valves
    return {} if value is None or value is msgspec.UNSET else value
