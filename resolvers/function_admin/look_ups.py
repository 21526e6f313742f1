"""Reading functions. An administrator sees all of them, any other caller what the server shows to its users."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from gateway.context import Context
from gateway.loaders.function_admin import FunctionPart
from gateway.roles import Role
from gateway.upstreams.function_admin.masking import masked, masked_schema, plain_by_schema
from gateway.upstreams.function_admin.records import Function, FunctionType, Owner
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


async def content(context: Context, function: Function) -> str:
    if isinstance(function.content, str):
        return function.content
    loaded: str = await context.loaders.function_admin.function_part.load(FunctionPart(function.id, "content"))
    return loaded


async def valves(context: Context, function: Function, reveal: bool) -> dict[str, Any]:
    """With a mask for what may be a password, unless ``reveal``."""
    if reveal:
        return await _stored_valves(context, function)
    stored, source = await asyncio.gather(_stored_valves(context, function), content(context, function))
    return masked(stored, context.clients.function_admin.plain_valves(source) if stored else frozenset())


async def _stored_valves(context: Context, function: Function) -> dict[str, Any]:
    if function.valves is not msgspec.UNSET:
        return function.valves or {}
    loaded: dict[str, Any] = await context.loaders.function_admin.function_part.load(
        FunctionPart(function.id, "valves")
    )
    return loaded


async def valves_schema(context: Context, function: Function) -> dict[str, Any] | None:
    schema: dict[str, Any] | None = masked_schema(
        await context.loaders.function_admin.valves_schema_by_id.load(function.id)
    )
    return schema


async def user_valves(context: Context, function: Function, reveal: bool) -> dict[str, Any]:
    """The caller's own. Raises ``Forbidden`` for ``reveal`` by anybody but an administrator."""
    if reveal:
        await context.require(Role.ADMIN)
    stored = await _stored_user_valves(context, function)
    if reveal or not stored:
        return stored
    return masked(stored, plain_by_schema(await user_valves_schema(context, function)))


async def _stored_user_valves(context: Context, function: Function) -> dict[str, Any]:
    if isinstance(function.user_valves, dict):
        return function.user_valves
    return await context.loaders.function_admin.user_valves_by_id.load(function.id)


async def user_valves_schema(context: Context, function: Function) -> dict[str, Any] | None:
    schema: dict[str, Any] | None = masked_schema(
        await context.loaders.function_admin.user_valves_schema_by_id.load(function.id)
    )
    return schema


async def owner(context: Context, function: Function) -> Owner | None:
    """Only the list names owners."""
    if function.user is not msgspec.UNSET:
        return function.user
    listed = await context.loaders.function_admin.functions.load(None)
    return next((other.user or None for other in listed if other.id == function.id), None)
