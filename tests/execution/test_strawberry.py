"""Schemas that Strawberry builds: plain attributes are read in place, resolvers and enums work as elsewhere."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema, parse

from gateway.execution import compile_plan, mark_batch
from tests.execution.both import by_both


@strawberry.enum
class Kind(enum.Enum):
    SMALL = "small"
    BIG = "big"


@strawberry.interface
class Named:
    name: str


@strawberry.type
class User(Named):
    age: int | None


@strawberry.type
class Post:
    post_id: strawberry.ID
    kind: Kind
    title: str
    made: datetime | None
    authors: list[Named]

    @strawberry.field
    def shout(self, marks: int = 1) -> str:
        return self.title.upper() + "!" * marks

    @strawberry.field
    async def where(self, info: strawberry.Info) -> str:
        return f"{info.field_name} {info.path.key} {info.context} {len(info.selected_fields)}"

    @strawberry.field
    def editor(self) -> User | None:
        raise AssertionError("replaced by a batch function")


@dataclass
class Record:
    """Not a Strawberry object: it has the attributes, in the types of its own source."""

    post_id: Any
    kind: Any
    title: str
    made: Any
    authors: list[Any]


RECORDS = [
    Record(n, Kind.BIG, f"t{n}", datetime(2026, 1, n, tzinfo=UTC), [User(name="Ann", age=n)]) for n in range(1, 5)
]


@strawberry.type
class Query:
    @strawberry.field
    async def posts(self) -> list[Post]:
        return RECORDS * 10  # type: ignore[return-value]


async def editors(posts: list[Record], info: Any) -> list[User | None]:
    return [User(name="Ed", age=None) if post.post_id > 1 else None for post in posts]


def built() -> GraphQLSchema:
    schema: GraphQLSchema = strawberry.Schema(Query, types=[User])._schema
    post = schema.type_map["Post"]
    assert isinstance(post, GraphQLObjectType)
    mark_batch(post.fields["editor"], editors)
    return schema


TEXT = """{ posts { id: postId kind title made shout two: shout(marks: 2) where editor { name age }
                    authors { __typename name ... on User { age } } } }"""


async def test_a_strawberry_schema_answers_the_same() -> None:
    # The methods of a type take its own objects.
    posts = [Post(**vars(record)) for record in RECORDS * 10]
    schema = built()
    assert schema.query_type
    schema.query_type.fields["posts"].resolve = lambda source, info: posts
    response = await by_both(schema, TEXT, context="context")
    assert response["data"]["posts"][1] == {
        "id": "2",
        "kind": "BIG",
        "title": "t2",
        "made": "2026-01-02T00:00:00+00:00",
        "shout": "T2!",
        "two": "T2!!",
        "where": "where where context 1",
        "editor": {"name": "Ed", "age": None},
        "authors": [{"__typename": "User", "name": "Ann", "age": 2}],
    }


async def test_records_are_served_by_their_attributes() -> None:
    response = await by_both(built(), "{ posts { postId kind title editor { name } } }")
    assert response["data"]["posts"][0] == {"postId": "1", "kind": "BIG", "title": "t1", "editor": None}


async def test_an_attribute_that_is_missing_is_an_error() -> None:
    broken = [Record(1, "small", "t", None, []), Record(2, "small", "t", None, [])]
    del broken[1].title
    schema = built()
    assert schema.query_type
    schema.query_type.fields["posts"].resolve = lambda source, info: broken
    response = await by_both(schema, "{ posts { kind title } }")
    assert response["errors"] == [("'Record' object has no attribute 'title'", ["posts", 1, "title"])]


def test_plain_attributes_are_read_in_place() -> None:
    plan = compile_plan(built(), parse("{ posts { postId kind title shout editor { name age } } }"))
    assert (
        plan.explain()
        == """\
query, one row
  posts  async resolver, each row -> [Post!]!
    postId, kind, title  in place
    shout  resolver, each row -> String!
    editor  one call for all rows: editors -> User
      name, age  in place"""
    )
