"""Setting a switch. Open WebUI can only flip one, blindly, and loses flips that come at the same time."""

from __future__ import annotations

from typing import Literal

from gateway.errors import Conflict, NotFound
from gateway.upstreams.function_admin.client import FunctionAdminClient
from gateway.upstreams.function_admin.records import Function

Switch = Literal["is_active", "is_global"]

MAX_FLIPS = 5


async def set_switch(client: FunctionAdminClient, function_id: str, switch: Switch, value: bool) -> Function:
    """The function, read after the switch was seen to be ``value``; it is flipped only when it differs.

    Callers of this gateway take turns. Somebody else may flip it in between, so it is read again, and flipped again at
    most so many times. Raises ``NotFound``, and ``Conflict`` when somebody else keeps flipping it.
    """
    flip = client.toggle if switch == "is_active" else client.toggle_global
    async with client.changing(function_id):
        for _ in range(MAX_FLIPS):
            function = await _read(client, function_id)
            if getattr(function, switch) == value:
                return function
            await flip(function_id)
        function = await _read(client, function_id)
    if getattr(function, switch) != value:
        raise Conflict("Somebody else keeps changing this switch.", service="function_admin")
    return function


async def _read(client: FunctionAdminClient, function_id: str) -> Function:
    function = await client.get(function_id)
    if function is None:
        raise NotFound(f"There is no function {function_id!r}.", service="function_admin")
    return function
