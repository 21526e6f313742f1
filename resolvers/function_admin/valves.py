"""Changing valves: read, merged, checked, written, one caller of this gateway after the other."""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Any

from gateway.context import Context
from gateway.errors import NotFound
from gateway.upstreams.function_admin.masking import merged, replaced
from gateway.upstreams.function_admin.records import Function
from resolvers.function_admin import look_ups

Values = dict[str, Any]


class ValvesMode(Enum):
    MERGE = "MERGE"
    REPLACE = "REPLACE"


async def update_valves(context: Context, function_id: str, given: Values, mode: ValvesMode) -> Function:
    """Raises ``BadInput`` that names each bad member, and ``NotFound`` for a function that is missing or has none."""
    client = context.clients.function_admin
    async with client.changing(function_id):
        schema, stored = await asyncio.gather(client.valves_schema(function_id), client.valves(function_id))
        if schema is None:
            raise NotFound(f"The function {function_id!r} has no valves.", service="function_admin")
        values = _changed(stored, given, mode, schema)
        written = await client.update_valves(function_id, values)
    function = await _fresh(context, function_id)
    function.valves = written
    return function


async def update_user_valves(context: Context, function_id: str, given: Values, mode: ValvesMode) -> Function:
    """The caller's own. Without a schema the function is inactive or has none: the server says which."""
    client = context.clients.function_admin
    async with client.changing_own:
        schema, stored = await asyncio.gather(client.user_valves_schema(function_id), client.user_valves(function_id))
        values = _changed(stored, given, mode, schema)
        written = await client.update_user_valves(function_id, values)
    function = await _fresh(context, function_id)
    function.user_valves = written
    return function


def _changed(stored: Values, given: Values, mode: ValvesMode, schema: Values | None) -> Values:
    """What to write. Stored members that the schema has no more are left out, as the server would."""
    members = (schema or {}).get("properties", {})
    known = {name: value for name, value in stored.items() if name in members or name in given}
    values = merged(known, given) if mode is ValvesMode.MERGE else replaced(known, given)
    if schema is not None:
        from gateway.upstreams.function_admin.valve_check import check_valves  # needs jsonschema, 4 MB, only here

        check_valves(values, schema)
    return values


async def _fresh(context: Context, function_id: str) -> Function:
    """The function after the change, as far as the caller may see it."""
    context.forget()
    function = await look_ups.function(context, function_id)
    if function is None:
        raise NotFound(f"There is no function {function_id!r} any more.", service="function_admin")
    return function
