"""Changes of stored functions."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.roles import Role
from gateway.upstreams.function_admin.sync_plan import WantedFunction
from resolvers.function_admin import changes as resolve
from resolvers.function_admin import history, valves
from schema.common import Info, requires
from schema.function_admin import inputs
from schema.function_admin.types import Function, FunctionSync, LoadedFunction
from schema.requests import function_admin as requests
from schema.requests.declared import asks


@strawberry.type
class FunctionAdminMutation:
    @strawberry.field(
        description="Store a new function.",
        graphql_type=Function | None,
        **requires(Role.ADMIN),
        **asks(requests.CREATE),
    )
    async def create_function(self, info: Info, input: inputs.CreateFunctionInput) -> Any:
        meta = {**(input.meta or {}), "description": input.description}
        return await resolve.create(info.context, input.id, input.name, input.content, meta, input.commit_message)

    @strawberry.field(
        description="Change a function; its switches and valves stay.",
        graphql_type=Function | None,
        **requires(Role.ADMIN),
        **asks(requests.UPDATE),
    )
    async def update_function(self, info: Info, input: inputs.UpdateFunctionInput) -> Any:
        described = {} if input.description is None else {"description": input.description}
        meta = {**(input.meta or {}), **described}
        return await resolve.update(info.context, input.id, input.name, input.content, meta, input.commit_message)

    @strawberry.field(
        description="Delete a function. True when it is gone; NOT_FOUND when it never was there.",
        **requires(Role.ADMIN),
        **asks(requests.DELETE),
    )
    async def delete_function(self, info: Info, input: inputs.DeleteFunctionInput) -> bool | None:
        return await resolve.delete(info.context, input.id)

    @strawberry.field(
        description="Flip whether a function is active.",
        graphql_type=Function | None,
        **requires(Role.ADMIN),
        **asks(requests.TOGGLE),
    )
    async def toggle_function(self, info: Info, input: inputs.ToggleFunctionInput) -> Any:
        return await resolve.toggle(info.context, input.id, "is_active")

    @strawberry.field(
        description="Flip whether a function applies to all models.",
        graphql_type=Function | None,
        **requires(Role.ADMIN),
        **asks(requests.TOGGLE_GLOBAL),
    )
    async def toggle_function_global(self, info: Info, input: inputs.ToggleFunctionGlobalInput) -> Any:
        return await resolve.toggle(info.context, input.id, "is_global")

    @strawberry.field(
        description="Switch a function on or off; the answer was read after that.",
        graphql_type=Function | None,
        **requires(Role.ADMIN),
        **asks(requests.SET_ACTIVE),
    )
    async def set_function_active(self, info: Info, input: inputs.SetFunctionActiveInput) -> Any:
        return await resolve.set_to(info.context, input.id, "is_active", input.value)

    @strawberry.field(
        description="Let a function apply to all models, or not; the answer was read after that.",
        graphql_type=Function | None,
        **requires(Role.ADMIN),
        **asks(requests.SET_GLOBAL),
    )
    async def set_function_global(self, info: Info, input: inputs.SetFunctionGlobalInput) -> Any:
        return await resolve.set_to(info.context, input.id, "is_global", input.value)

    @strawberry.field(
        description="Set valves of a function. BAD_INPUT names every bad one.",
        graphql_type=Function | None,
        **requires(Role.ADMIN),
        **asks(requests.UPDATE_VALVES),
    )
    async def update_function_valves(self, info: Info, input: inputs.UpdateFunctionValvesInput) -> Any:
        return await valves.update_valves(info.context, input.id, input.values, input.mode)

    @strawberry.field(
        description="Set valves of the caller's own. BAD_INPUT names every bad one.",
        graphql_type=Function | None,
        **requires(Role.USER),
        **asks(requests.UPDATE_USER_VALVES),
    )
    async def update_user_valves(self, info: Info, input: inputs.UpdateUserValvesInput) -> Any:
        return await valves.update_user_valves(info.context, input.id, input.values, input.mode)

    @strawberry.field(
        description="Read code from a public address; nothing is stored.",
        graphql_type=LoadedFunction | None,
        **requires(Role.ADMIN),
        **asks(requests.LOAD),
    )
    async def load_function(self, info: Info, input: inputs.LoadFunctionInput) -> Any:
        return await resolve.load(info.context, input.url)

    @strawberry.field(
        description="Make the functions of the server those of a list, all or none.",
        graphql_type=FunctionSync | None,
        **requires(Role.ADMIN),
        **asks(requests.SYNC),
    )
    async def sync_functions(self, info: Info, input: inputs.SyncFunctionsInput) -> Any:
        wanted = [WantedFunction(**vars(function)) for function in input.functions]
        return await resolve.sync(info.context, wanted, input.dry_run, input.allow_delete)

    @strawberry.field(
        description="Make a version of a function the current one.",
        graphql_type=Function | None,
        **requires(Role.ADMIN),
        **asks(requests.SET_VERSION),
    )
    async def set_function_version(self, info: Info, input: inputs.SetFunctionVersionInput) -> Any:
        return await history.set_version(info.context, input.function_id, input.id)

    @strawberry.field(
        description="Delete a version of a function; CONFLICT for the current one.",
        **requires(Role.ADMIN),
        **asks(requests.DELETE_VERSION),
    )
    async def delete_function_version(self, info: Info, input: inputs.DeleteFunctionVersionInput) -> bool | None:
        return await history.delete_version(info.context, input.function_id, input.id)
