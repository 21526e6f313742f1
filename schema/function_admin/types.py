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
from schema.scalars import DateTime, JSONObject


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

    @strawberry.field(description="When it was stored.", graphql_type=DateTime)
    def created_at(self, root: strawberry.Parent[records.Function]) -> Any:
        return root.created

    @strawberry.field(description="When it last changed.", graphql_type=DateTime)
    def updated_at(self, root: strawberry.Parent[records.Function]) -> Any:
        return root.updated

    @strawberry.field(
        description="Python code, as the server stores it (it rewrites some imports).", **requires(Role.ADMIN)
    )
    async def content(self, info: Info, root: strawberry.Parent[records.Function]) -> str | None:
        return await resolve.content(info.context, root)

    @strawberry.field(
        description="Values that an administrator has set; defaults are not filled in, passwords are `********`.",
        **requires(Role.ADMIN),
    )
    async def valves(
        self, info: Info, root: strawberry.Parent[records.Function], input: ValvesInput | None = None
    ) -> JSONObject | None:
        return JSONObject(await resolve.valves(info.context, root, reveal=input is not None and input.reveal))

    @strawberry.field(description="JSON Schema of the valves; null when the code has none.", **requires(Role.ADMIN))
    async def valves_schema(self, info: Info, root: strawberry.Parent[records.Function]) -> JSONObject | None:
        found = await resolve.valves_schema(info.context, root)
        return None if found is None else JSONObject(found)

    @strawberry.field(
        description="Values that the caller has set for itself; passwords are `********`.", **requires(Role.USER)
    )
    async def user_valves(
        self, info: Info, root: strawberry.Parent[records.Function], input: ValvesInput | None = None
    ) -> JSONObject | None:
        return JSONObject(await resolve.user_valves(info.context, root, reveal=input is not None and input.reveal))

    @strawberry.field(
        description="JSON Schema of the users' own valves; null when the code has none, and while it is not active.",
        **requires(Role.USER),
    )
    async def user_valves_schema(self, info: Info, root: strawberry.Parent[records.Function]) -> JSONObject | None:
        found = await resolve.user_valves_schema(info.context, root)
        return None if found is None else JSONObject(found)

    @strawberry.field(
        description="Who stored it; null when the account is gone.",
        graphql_type=FunctionOwner | None,
        **requires(Role.ADMIN),
    )
    async def owner(self, info: Info, root: strawberry.Parent[records.Function]) -> Any:
        return await resolve.owner(info.context, root)

    @strawberry.field(
        description="Its versions, newest first; empty where the server keeps none.",
        graphql_type=list[FunctionVersion] | None,
        **requires(Role.ADMIN),
    )
    async def history(
        self, info: Info, root: strawberry.Parent[records.Function], input: FunctionHistoryInput | None = None
    ) -> Any:
        page = input or FunctionHistoryInput()
        return await history.history(info.context, root, page.offset, page.count)

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
