"""Functions stored in Open WebUI."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.context import Context
from gateway.errors import NotFound
from gateway.loaders.function_admin import FunctionPart
from gateway.upstreams.function_admin import Function, FunctionForm, FunctionType, Owner
from resolvers.paging import checked

DEFAULT_COUNT = 100


async def function(context: Context, function_id: str) -> Function | None:
    return await context.loaders.function_admin.function_by_id.load(function_id)


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
        for function in await context.loaders.function_admin.functions.load(None)
        if text in function.id.lower() or text in function.name.lower()
        if kind in (None, function.type) and is_active in (None, function.is_active)
    ]
    return fits[offset : offset + count]


async def content(context: Context, function: Function) -> str:
    if isinstance(function.content, str):
        return function.content
    loaded: str = await context.loaders.function_admin.function_part.load(FunctionPart(function.id, "content"))
    return loaded


async def valves(context: Context, function: Function) -> dict[str, Any]:
    if function.valves is not msgspec.UNSET:
        return function.valves or {}
    loaded: dict[str, Any] = await context.loaders.function_admin.function_part.load(
        FunctionPart(function.id, "valves")
    )
    return loaded


async def valves_schema(context: Context, function: Function) -> dict[str, Any] | None:
    return await context.loaders.function_admin.valves_schema_by_id.load(function.id)


async def owner(context: Context, function: Function) -> Owner | None:
    """Only the list names owners."""
    if function.user is not msgspec.UNSET:
        return function.user
    listed = await context.loaders.function_admin.functions.load(None)
    return next((other.user or None for other in listed if other.id == function.id), None)


async def create(context: Context, form: FunctionForm) -> Function:
    created = await context.clients.function_admin.create(form)
    context.forget()
    return created


async def update(
    context: Context, function_id: str, name: str | None, text: str | None, meta: dict[str, Any]
) -> Function:
    """The server replaces all three, so what is not given is taken from the function as it is; ``meta`` is merged."""
    stored = await _stored(context, function_id)
    form = FunctionForm(
        id=stored.id,
        name=stored.name if name is None else name,
        content=await content(context, stored) if text is None else text,
        meta={**stored.meta, **meta},
    )
    updated = await context.clients.function_admin.update(function_id, form)
    context.forget()
    return updated


async def delete(context: Context, function_id: str) -> bool:
    """The server says true for ids that never existed, so this looks first. Raises ``NotFound``."""
    await _stored(context, function_id)
    deleted = await context.clients.function_admin.delete(function_id)
    context.forget()
    return deleted


async def toggle(context: Context, function_id: str) -> Function:
    toggled = await context.clients.function_admin.toggle(function_id)
    context.forget()
    return toggled


async def _stored(context: Context, function_id: str) -> Function:
    found = await context.clients.function_admin.get(function_id)
    if found is None:
        raise NotFound(f"There is no function {function_id!r}.", service="function_admin")
    return found
