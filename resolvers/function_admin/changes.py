"""Storing, changing and deleting functions, and their switches."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.context import Context
from gateway.errors import NotFound
from gateway.upstreams.function_admin.records import Function, FunctionForm, LoadedFunction
from gateway.upstreams.function_admin.switches import Switch, set_switch
from gateway.upstreams.function_admin.sync_plan import SyncPlan, WantedFunction, check_deletions, plan
from resolvers.function_admin import look_ups


async def create(
    context: Context, function_id: str, name: str, text: str, meta: dict[str, Any], message: str | None
) -> Function:
    form = FunctionForm(function_id, name, text, meta, msgspec.UNSET if message is None else message)
    created = await context.clients.function_admin.create(form)
    context.forget()
    return created


async def update(
    context: Context, function_id: str, name: str | None, text: str | None, meta: dict[str, Any], message: str | None
) -> Function:
    """The server replaces all three, so what is not given is taken from the function as it is; ``meta`` is merged."""
    async with context.clients.function_admin.changing(function_id):
        stored = await existing(context, function_id)
        form = FunctionForm(
            id=stored.id,
            name=stored.name if name is None else name,
            content=await look_ups.content_of(context, stored) if text is None else text,
            meta={**stored.meta, **meta},
            commit_message=msgspec.UNSET if message is None else message,
        )
        updated = await context.clients.function_admin.update(function_id, form)
    context.forget()
    return updated


async def delete(context: Context, function_id: str) -> bool:
    """The server says true for ids that never existed, so this looks first. Raises ``NotFound``."""
    async with context.clients.function_admin.changing(function_id):
        await existing(context, function_id)
        deleted = await context.clients.function_admin.delete(function_id)
    context.forget()
    return deleted


async def toggle(context: Context, function_id: str, switch: Switch) -> Function:
    client = context.clients.function_admin
    flip = client.toggle if switch == "is_active" else client.toggle_global
    async with client.changing(function_id):
        toggled = await flip(function_id)
    context.forget()
    return toggled


async def set_to(context: Context, function_id: str, switch: Switch, value: bool) -> Function:
    function = await set_switch(context.clients.function_admin, function_id, switch, value)
    context.forget()
    return function


async def load(context: Context, address: str) -> LoadedFunction:
    return await context.clients.function_admin.load(address)


async def sync(context: Context, wanted: list[WantedFunction], dry_run: bool, allow_delete: bool) -> SyncPlan:
    """Compare with what is stored, and send it unless ``dry_run``. Raises ``BadInput`` for a deletion not allowed."""
    client = context.clients.function_admin
    async with client.syncing:
        planned = plan(wanted, await client.export(include_valves=True))
        if dry_run:
            return planned
        if not allow_delete:
            check_deletions(planned.deleted)
        await client.sync(planned.functions)
    context.forget()
    return planned


async def existing(context: Context, function_id: str) -> Function:
    """The function as it is now. Raises ``NotFound``."""
    found = await context.clients.function_admin.get(function_id)
    if found is None:
        raise NotFound(f"There is no function {function_id!r}.", service="function_admin")
    return found
