"""Interfaces and unions: by ``resolve_type``, ``is_type_of`` or ``__typename``, sync and async; and wrong answers."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, GraphQLUnionType, build_schema

from tests.execution.both import by_both

SDL = """
    type Query { pets: [Pet]  either: [Either] }
    interface Pet { name: String }
    type Dog implements Pet { name: String  barks: Boolean }
    type Cat implements Pet { name: String  meows: Boolean }
    type Stone { weight: Int }
    union Either = Dog | Stone
"""
PETS = {"pets": [{"name": "Rex", "barks": True}, {"name": "Tom", "meows": False}, {"name": "Bello", "barks": False}]}
QUERY = "{ pets { __typename name ... on Dog { barks } ...Meows } } fragment Meows on Cat { meows }"
ANSWER = {
    "pets": [
        {"__typename": "Dog", "name": "Rex", "barks": True},
        {"__typename": "Cat", "name": "Tom", "meows": False},
        {"__typename": "Dog", "name": "Bello", "barks": False},
    ]
}


def of_type(schema: GraphQLSchema, **predicates: Any) -> GraphQLSchema:
    for name, predicate in predicates.items():
        type_ = schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        type_.is_type_of = predicate
    return schema


def by_name(schema: GraphQLSchema, resolve: Any) -> GraphQLSchema:
    for name in ("Pet", "Either"):
        type_: Any = schema.type_map[name]
        type_.resolve_type = resolve
    return schema


async def later(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


async def test_a_resolver_of_types_sorts_the_values() -> None:
    schema = by_name(build_schema(SDL), lambda value, info, type_: "Dog" if "barks" in value else "Cat")
    assert await by_both(schema, QUERY, PETS) == {"data": ANSWER}


async def test_an_async_resolver_of_types_does_too() -> None:
    schema = by_name(build_schema(SDL), lambda value, info, type_: later("Dog" if "barks" in value else "Cat"))
    assert await by_both(schema, QUERY, PETS) == {"data": ANSWER}


async def test_predicates_of_types_sort_the_values() -> None:
    schema = of_type(
        build_schema(SDL), Dog=lambda value, info: "barks" in value, Cat=lambda value, info: "meows" in value
    )
    assert await by_both(schema, QUERY, PETS) == {"data": ANSWER}


async def test_async_predicates_do_too() -> None:
    schema = of_type(
        build_schema(SDL),
        Dog=lambda value, info: later("barks" in value),
        Cat=lambda value, info: later("meows" in value),
    )
    assert await by_both(schema, QUERY, PETS) == {"data": ANSWER}


async def test_values_may_name_their_type() -> None:
    pets = {"pets": [{"__typename": "Cat", "name": "Tom", "meows": True}]}
    assert await by_both(build_schema(SDL), QUERY, pets) == {
        "data": {"pets": [{"__typename": "Cat", "name": "Tom", "meows": True}]}
    }


async def test_members_of_a_union_have_their_own_fields() -> None:
    schema = by_name(build_schema(SDL), lambda value, info, type_: "Stone" if "weight" in value else "Dog")
    root = {"either": [{"weight": 5}, {"barks": True}, None]}
    text = "{ either { ... on Stone { weight } ... on Pet { name } ... on Dog { barks } } }"
    assert await by_both(schema, text, root) == {
        "data": {"either": [{"weight": 5}, {"name": None, "barks": True}, None]}
    }


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Stone", "Runtime Object type 'Stone' is not a possible type for 'Pet'."),
        ("Nothing", "Abstract type 'Pet' was resolved to a type 'Nothing' that does not exist inside the schema."),
        ("Int", "Abstract type 'Pet' was resolved to a non-object type 'Int'."),
        (ValueError("cannot tell"), "cannot tell"),
        (
            5,
            "Abstract type 'Pet' must resolve to an Object type at runtime for field 'Query.pets'"
            " with value {'name': 'Rex'}, received '5', which is not a valid Object type name.",
        ),
        (
            None,
            "Abstract type 'Pet' must resolve to an Object type at runtime for field 'Query.pets'. Either the 'Pet'"
            " type should provide a 'resolve_type' function"
            " or each possible type should provide an 'is_type_of' function.",
        ),
    ],
)
async def test_a_wrong_type_costs_that_value(name: Any, message: str) -> None:
    def resolve(value: Any, info: Any, type_: Any) -> Any:
        if value["name"] == "Tom":
            return "Cat"
        if isinstance(name, Exception):
            raise name
        return name

    root = {"pets": [{"name": "Rex"}, {"name": "Tom"}]}
    assert await by_both(by_name(build_schema(SDL), resolve), "{ pets { name } }", root) == {
        "data": {"pets": [None, {"name": "Tom"}]},
        "errors": [(message, ["pets", 0])],
    }


async def test_a_value_that_its_type_does_not_know_is_an_error() -> None:
    schema = of_type(build_schema("type Query { a: A } type A { b: Int }"), A=lambda value, info: False)
    assert await by_both(schema, "{ a { b } }", {"a": 5}) == {
        "data": {"a": None},
        "errors": [("Expected value of type 'A' but got: 5.", ["a"])],
    }


async def test_the_info_of_a_type_resolver_names_the_field() -> None:
    seen = []

    def resolve(value: Any, info: Any, type_: GraphQLUnionType) -> str:
        seen.append((info.field_name, str(info.parent_type), str(info.return_type), info.path.as_list()))
        return "Dog"

    await by_both(by_name(build_schema(SDL), resolve), "{ all: pets { name } }", PETS)
    assert seen == [("pets", "Query", "[Pet]", ["all"])] * 6
