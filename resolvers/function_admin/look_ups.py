"""Reading functions. An administrator sees all of them, any other caller what the server shows to its users."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from gateway.context import Context
from gateway.loaders.function_admin import Part
from gateway.roles import Role
from gateway.upstreams.function_admin.masking import masked, masked_schema, plain_by_schema
from gateway.upstreams.function_admin.records import Function, FunctionType, Owner
from resolvers.levels import each, of_each
from resolvers.paging import checked

DEFAULT_COUNT = 100


async def function(context: Context, function_id: str) -> Function | None:
    """Users may not ask for a single one; theirs is found in the list."""
    if await context.has(Role.ADMIN):
        return await context.loaders.function_admin.function_by_id.load(function_id)
    return next((function for function in await _visible(context) if function.id == function_id), None)


async def functions(
    context: Context,
    query: str | None,
    kind: FunctionType | None,
    is_active: bool | None,
    offset: int | None,
    count: int | None,
) -> list[Function]:
    """The server has no filter and no pages: it sends all, and this takes the part that was asked for."""
    offset, count = checked(offset, count, DEFAULT_COUNT)
    text = (query or "").lower()
    fits = [
        function
        for function in await _all(context)
        if text in function.id.lower() or text in function.name.lower()
        if kind in (None, function.type) and is_active in (None, function.is_active)
    ]
    return fits[offset : offset + count]


async def _all(context: Context) -> list[Function]:
    if await context.has(Role.ADMIN):
        return await context.loaders.function_admin.functions.load(None)
    return await _visible(context)


async def _visible(context: Context) -> list[Function]:
    """In the order of the administrators' list: newest change first."""
    await context.require(Role.USER)
    visible = await context.loaders.function_admin.visible_functions.load(None)
    return sorted(visible, key=lambda function: function.updated_at, reverse=True)


async def content_of(context: Context, function: Function) -> str:
    """The code of a single function."""
    [found] = await content(context, [function])
    if isinstance(found, Exception):
        raise found
    return found


async def content(context: Context, functions: list[Function]) -> list[str | Exception]:
    return await _parts(context, functions, "content")


async def valves(context: Context, functions: list[Function], reveal: bool) -> list[dict[str, Any] | Exception]:
    """With a mask for what may be a password, unless ``reveal``."""
    if reveal:
        return await _parts(context, functions, "valves")
    stored, codes = await asyncio.gather(_parts(context, functions, "valves"), content(context, functions))
    return [_masked(context, values, code) for values, code in zip(stored, codes, strict=True)]


def _masked(context: Context, stored: dict[str, Any] | Exception, code: str | Exception) -> dict[str, Any] | Exception:
    if isinstance(stored, Exception) or not stored:
        return stored
    if isinstance(code, Exception):
        return code
    values: dict[str, Any] = masked(stored, context.clients.function_admin.plain_valves(code))
    return values


async def _parts(context: Context, functions: list[Function], part: Part) -> list[Any]:
    """A part of each function: from its record where it is there, else loaded."""
    values = [getattr(function, part) for function in functions]
    missing = [index for index, value in enumerate(values) if value is msgspec.UNSET]
    load = context.loaders.function_admin.function_part.load_many
    loaded = await load([(functions[index].id, part) for index in missing])
    for index, value in zip(missing, loaded, strict=True):
        values[index] = value
    return [{} if value is None else value for value in values]


async def valves_schema(context: Context, functions: list[Function]) -> list[dict[str, Any] | BaseException | None]:
    load = context.loaders.function_admin.valves_schema_by_id.load_many
    return of_each(await load(function.id for function in functions), masked_schema)


async def user_valves(
    context: Context, functions: list[Function], reveal: bool
) -> list[dict[str, Any] | BaseException]:
    """The caller's own. Raises ``Forbidden`` for ``reveal`` by anybody but an administrator."""
    if reveal:
        await context.require(Role.ADMIN)
    return await each(lambda function: _user_valves(context, function, reveal), functions)


async def _user_valves(context: Context, function: Function, reveal: bool) -> dict[str, Any]:
    stored = function.user_valves
    if not isinstance(stored, dict):
        stored = await context.loaders.function_admin.user_valves_by_id.load(function.id)
    if reveal or not stored:
        return stored
    schema = masked_schema(await context.loaders.function_admin.user_valves_schema_by_id.load(function.id))
    return masked(stored, plain_by_schema(schema))


async def user_valves_schema(
    context: Context, functions: list[Function]
) -> list[dict[str, Any] | BaseException | None]:
    load = context.loaders.function_admin.user_valves_schema_by_id.load_many
    return of_each(await load(function.id for function in functions), masked_schema)


async def owner(context: Context, functions: list[Function]) -> list[Owner | None]:
    """Only the list of functions names owners."""
    if all(function.user is not msgspec.UNSET for function in functions):
        return [function.user or None for function in functions]
    listed = await context.loaders.function_admin.functions.load(None)
    owners = {function.id: function.user for function in [*listed, *functions] if function.user is not msgspec.UNSET}
    return [owners.get(function.id) or None for function in functions]
