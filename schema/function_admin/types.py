"""Stored functions."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.roles import Role
from gateway.upstreams.function_admin import records
from gateway.upstreams.function_admin.records import FunctionType
from resolvers.function_admin import history
from resolvers.function_admin import look_ups as resolve
from schema.across.links import ToDeployment, ToPredictor, ToTrainedFunction
from schema.common import Info, requires
from schema.function_admin.inputs import FunctionHistoryInput, ValvesInput
from schema.function_admin.versions import FunctionVersion
from schema.per_level import per_level
from schema.requests import function_admin as requests
from schema.requests.declared import asks
from schema.scalars import DateTime, JSONObject

Functions = strawberry.Parent[list[records.Function]]


@strawberry.type(description="What a function says about itself.")
class FunctionMeta:
    @strawberry.field(description="What it does.")
    def description(self, root: strawberry.Parent[dict[str, Any]]) -> str | None:
        found = root.get("description")
        return found if isinstance(found, str) else None

    @strawberry.field(description="Front matter of the code: title, author, version and so on.")
    def manifest(self, root: strawberry.Parent[dict[str, Any]]) -> JSONObject | None:
        return root.get("manifest")

    @strawberry.field(description="All members, whatever their names.")
    def raw(self, root: strawberry.Parent[dict[str, Any]]) -> JSONObject:
        return JSONObject(root)


@strawberry.type(description="The account that stored a function.")
class FunctionOwner:
    id: strawberry.ID = strawberry.field(description="Account id.")
    name: str = strawberry.field(description="Display name.")
    role: str = strawberry.field(description="`admin`, `user` or `pending`.")
    email: str = strawberry.field(description="E-mail address.")


@strawberry.type(description="A function stored in the server.")
class Function(ToPredictor, ToDeployment, ToTrainedFunction):
    id: strawberry.ID = strawberry.field(description="Function id.")
    name: str = strawberry.field(description="Display name.")
    type: FunctionType = strawberry.field(description="What it is.")
    meta: FunctionMeta = strawberry.field(description="What it says about itself.")
    is_active: bool = strawberry.field(description="Whether it is switched on.")
    is_global: bool = strawberry.field(description="Whether it applies to all models.")
    version_id: strawberry.ID | None = strawberry.field(description="Current version; servers from 0.12 on.")
    created: DateTime = strawberry.field(name="createdAt", description="When it was stored.")
    updated: DateTime = strawberry.field(name="updatedAt", description="When it last changed.")

    @per_level(
        description="Python code, as the server stores it (it rewrites some imports).",
        graphql_type=str | None,
        **requires(Role.ADMIN),
        **asks(requests.CONTENT),
    )
    async def content(self, info: Info, functions: Functions) -> Any:
        return await resolve.content(info.context, functions)

    @per_level(
        description="Values that an administrator has set; defaults are not filled in, passwords are `********`.",
        graphql_type=JSONObject | None,
        **requires(Role.ADMIN),
        **asks(requests.VALVES),
    )
    async def valves(self, info: Info, functions: Functions, input: ValvesInput | None = None) -> Any:
        return await resolve.valves(info.context, functions, reveal=input is not None and input.reveal)

    @per_level(
        description="JSON Schema of the valves; null when the code has none.",
        graphql_type=JSONObject | None,
        **requires(Role.ADMIN),
        **asks(requests.VALVES_SCHEMA),
    )
    async def valves_schema(self, info: Info, functions: Functions) -> Any:
        return await resolve.valves_schema(info.context, functions)

    @per_level(
        description="Values that the caller has set for itself; passwords are `********`.",
        graphql_type=JSONObject | None,
        **requires(Role.USER),
        **asks(requests.USER_VALVES),
    )
    async def user_valves(self, info: Info, functions: Functions, input: ValvesInput | None = None) -> Any:
        return await resolve.user_valves(info.context, functions, reveal=input is not None and input.reveal)

    @per_level(
        description="JSON Schema of the users' own valves; null when the code has none, and while it is not active.",
        graphql_type=JSONObject | None,
        **requires(Role.USER),
        **asks(requests.USER_VALVES_SCHEMA),
    )
    async def user_valves_schema(self, info: Info, functions: Functions) -> Any:
        return await resolve.user_valves_schema(info.context, functions)

    @per_level(
        description="Who stored it; null when the account is gone.",
        graphql_type=FunctionOwner | None,
        **requires(Role.ADMIN),
        **asks(requests.OWNER),
    )
    async def owner(self, info: Info, functions: Functions) -> Any:
        return await resolve.owner(info.context, functions)

    @per_level(
        description="Its versions, newest first; empty where the server keeps none.",
        graphql_type=list[FunctionVersion] | None,
        **requires(Role.ADMIN),
        **asks(requests.HISTORY),
    )
    async def history(self, info: Info, functions: Functions, input: FunctionHistoryInput | None = None) -> Any:
        page = input or FunctionHistoryInput()
        return await history.history(info.context, functions, page.offset, page.count)

    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.Function)


@strawberry.type(description="Code from an address; nothing is stored.")
class LoadedFunction:
    name: str = strawberry.field(description="Name that the server made of the address.")
    content: str = strawberry.field(description="Python code.")


@strawberry.type(description="What a sync did, or would do; functions by their ids.")
class FunctionSync:
    created: list[strawberry.ID] = strawberry.field(description="New functions.")
    changed: list[strawberry.ID] = strawberry.field(description="Functions that differ.")
    unchanged: list[strawberry.ID] = strawberry.field(description="Functions that are as they shall be.")
    deleted: list[strawberry.ID] = strawberry.field(description="Functions that are not in the list.")
