"""The scenario in our own way: records from the upstream, users fetched for a whole level at once."""

from __future__ import annotations

from typing import Any

import msgspec
import strawberry

from benchmarks.posts.data import GREETING
from gateway.context import Context
from gateway.errors import NotFound
from gateway.upstreams.api import Api
from schema.common import Info
from schema.marks import mark
from schema.per_level import per_level


class UserRecord(msgspec.Struct):
    id: int
    name: str
    username: str
    email: str
    phone: str | None = None
    website: str | None = None


class PostRecord(msgspec.Struct, rename="camel"):
    id: int
    user_id: int
    title: str
    body: str


def posts_of(context: Context) -> Api:
    """The upstream as the caller sees it."""
    upstreams: Any = context.upstreams
    return Api(upstreams.posts, context.principal, allowance=context.allowance)


async def users(context: Context, posts: list[PostRecord]) -> list[UserRecord | NotFound]:
    """The authors of all posts: one request for all users that there are. A missing one costs its own post only."""
    ids = dict.fromkeys([post.user_id for post in posts])
    path = "/users?" + "&".join([f"id={number}" for number in ids])
    found = {user.id: user for user in await posts_of(context).get(path, list[UserRecord])}
    missing = NotFound("There is no such user.", service="posts")
    return [found.get(post.user_id, missing) for post in posts]


@strawberry.type(description="Who wrote a post.")
class User:
    id: int
    name: str
    username: str
    email: str
    phone: str | None
    website: str | None


@strawberry.type(description="A post.")
class Post:
    id: int
    user_id: int
    title: str
    body: str

    @per_level(description="Its author.", graphql_type=User | None)
    async def user(self, info: Info, posts: strawberry.Parent[list[PostRecord]]) -> Any:
        return await users(info.context, posts)


@strawberry.type
class Query:
    @strawberry.field(description="All posts.", graphql_type=list[Post] | None)
    async def posts(self, info: Info) -> Any:
        return await posts_of(info.context).get("/posts", list[PostRecord])

    @strawberry.field(description="A constant.")
    def greet(self) -> str:
        return GREETING


def build_posts_schema() -> strawberry.Schema:
    schema = strawberry.Schema(Query)
    mark(schema._schema)
    return schema
