"""Stored functions and their inputs."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.upstreams import function_admin as records
from gateway.upstreams.function_admin import FunctionType
from resolvers import function_admin as resolve
from schema.common import Info, described_enum
from schema.scalars import DateTime, JSONObject

described_enum(
    FunctionType,
    "What a function is, by the class that its code defines.",
    {
        "PIPE": "A model of its own (`Pipe`).",
        "FILTER": "Changes what goes in or out (`Filter`).",
        "ACTION": "A button under a message (`Action`).",
        "EVENT": "Reacts to events (`Event`, from 0.11 on).",
        "UNKNOWN": "A type that the vendor does not document.",
    },
)


@strawberry.input(description="Which function.")
class FunctionInput:
    id: strawberry.ID = strawberry.field(description="Function id; look-ups are case-sensitive.")


@strawberry.input(description="A page of functions, newest change first.")
class FunctionsInput:
    query: str | None = strawberry.field(default=None, description="Text in the id or name; all when null.")
    type: FunctionType | None = strawberry.field(default=None, description="Only this type; all when null.")
    is_active: bool | None = strawberry.field(default=None, description="Only active or inactive; all when null.")
    offset: int | None = strawberry.field(default=None, description="Functions to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most functions to return. Defaults to 100.")


@strawberry.input(description="A function to store. It starts inactive and not global.")
class CreateFunctionInput:
    id: strawberry.ID = strawberry.field(description="A Python identifier; the server puts it in lower case.")
    name: str = strawberry.field(description="Display name.")
    content: str = strawberry.field(description="Python code that defines Pipe, Filter, Action or Event.")
    description: str | None = strawberry.field(default=None, description="What it does.")
    meta: JSONObject | None = strawberry.field(default=None, description="Further members of `meta` to keep.")


@strawberry.input(description="Changes of a function; what is null stays as it is.")
class UpdateFunctionInput:
    id: strawberry.ID = strawberry.field(description="Function id.")
    name: str | None = strawberry.field(default=None, description="New display name.")
    content: str | None = strawberry.field(default=None, description="New code.")
    description: str | None = strawberry.field(default=None, description="New description.")
    meta: JSONObject | None = strawberry.field(default=None, description="Members of `meta` to change.")


@strawberry.input(description="Which function to delete.")
class DeleteFunctionInput:
    id: strawberry.ID = strawberry.field(description="Function id.")


@strawberry.input(description="Which function to toggle.")
class ToggleFunctionInput:
    id: strawberry.ID = strawberry.field(description="Function id.")


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
class Function:
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

    @strawberry.field(description="Python code, as the server stores it (it rewrites some imports).")
    async def content(self, info: Info, root: strawberry.Parent[records.Function]) -> str | None:
        return await resolve.content(info.context, root)

    @strawberry.field(description="Values that an administrator has set; defaults are not filled in.")
    async def valves(self, info: Info, root: strawberry.Parent[records.Function]) -> JSONObject | None:
        return JSONObject(await resolve.valves(info.context, root))

    @strawberry.field(description="JSON Schema of the valves; null when the code has none.")
    async def valves_schema(self, info: Info, root: strawberry.Parent[records.Function]) -> JSONObject | None:
        found = await resolve.valves_schema(info.context, root)
        return None if found is None else JSONObject(found)

    @strawberry.field(description="Who stored it; null when the account is gone.", graphql_type=FunctionOwner | None)
    async def owner(self, info: Info, root: strawberry.Parent[records.Function]) -> Any:
        return await resolve.owner(info.context, root)

    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.Function)
