"""Fields resolved for a whole level: one call with all parents, one answer each; also under graphql-core."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema, parse

from gateway.execution import compile_plan, mark_batch
from tests.execution.both import by_both, by_plan, by_reference, executed, valid

Call = tuple[list[Any], dict[str, Any], list[str | int]]
SDL = """
    type Query { posts: [Post!]  groups: [[Post]]  slow: Post  fast: Post }
    type Post { id: Int  author(short: Boolean): User  must: User! }
    type User { name: String!  post: Post  twin: User }
"""
POSTS = {"posts": [{"id": 1}, {"id": 2}, {"id": 3}]}


def schema_with(function: Callable[..., Awaitable[Any]], *fields: str) -> GraphQLSchema:
    schema = build_schema(SDL)
    for each in fields:
        type_name, name = each.split(".")
        type_ = schema.type_map[type_name]
        assert isinstance(type_, GraphQLObjectType)
        mark_batch(type_.fields[name], function)
    return schema


class Authors:
    """Answers users by the ids of posts, and remembers each call."""

    def __init__(self, **odd: Any) -> None:
        self.calls: list[Call] = []
        self._odd = odd

    async def __call__(self, parents: list[Any], info: Any, **arguments: Any) -> Any:
        self.calls.append((parents, arguments, info.path.as_list()))
        await asyncio.sleep(0)
        return [self._odd.get(f"_{each['id']}", {"name": f"user {each['id']}"}) for each in parents]


@pytest.mark.parametrize("execute", [by_plan, by_reference])
async def test_all_parents_of_a_level_come_in_one_call(execute: Any) -> None:
    authors = Authors()
    schema = schema_with(authors, "Post.author")
    result = await execute(schema, valid(schema, "{ posts { author(short: true) { name } } }"), POSTS)
    assert result.data == {"posts": [{"author": {"name": f"user {number}"}} for number in (1, 2, 3)]}
    assert authors.calls == [(POSTS["posts"], {"short": True}, ["posts", 0, "author"])]


@pytest.mark.parametrize("execute", [by_plan, by_reference])
async def test_lists_of_lists_are_one_level_and_nulls_are_no_parents(execute: Any) -> None:
    authors = Authors()
    schema = schema_with(authors, "Post.author")
    groups = {"groups": [[{"id": 1}, None], None, [], [{"id": 2}]]}
    result = await execute(schema, valid(schema, "{ groups { author { name } } }"), groups)
    assert result.data == {
        "groups": [[{"author": {"name": "user 1"}}, None], None, [], [{"author": {"name": "user 2"}}]]
    }
    assert [parents for parents, _, _ in authors.calls] == [[{"id": 1}, {"id": 2}]]


@pytest.mark.parametrize("execute", [by_plan, by_reference])
async def test_each_alias_is_a_call_with_its_own_arguments(execute: Any) -> None:
    authors = Authors()
    schema = schema_with(authors, "Post.author")
    document = valid(schema, "{ posts { a: author(short: true) { name } b: author { name } } }")
    await execute(schema, document, POSTS)
    assert [arguments for _, arguments, _ in authors.calls] == [{"short": True}, {}]


async def test_nobody_calls_for_no_parents() -> None:
    authors = Authors()
    assert await by_both(schema_with(authors, "Post.author"), "{ posts { author { name } } }", {"posts": []}) == {
        "data": {"posts": []}
    }
    assert authors.calls == []


async def test_an_exception_among_the_answers_costs_that_parent_alone() -> None:
    schema = schema_with(Authors(_2=ValueError("no user 2")), "Post.author")
    assert await by_both(schema, "{ posts { author { name } } }", POSTS) == {
        "data": {"posts": [{"author": {"name": "user 1"}}, {"author": None}, {"author": {"name": "user 3"}}]},
        "errors": [("no user 2", ["posts", 1, "author"])],
    }


async def test_a_null_among_the_answers_of_a_required_field_goes_up() -> None:
    schema = schema_with(Authors(_3=None), "Post.must")
    assert await by_both(schema, "{ posts { must { name } } }", POSTS) == {
        "data": {"posts": None},
        "errors": [("Cannot return null for non-nullable field Post.must.", ["posts", 2, "must"])],
    }


async def test_a_call_that_raises_fails_for_every_parent() -> None:
    async def fail(parents: list[Any], info: Any) -> list[Any]:
        raise ValueError("all of them")

    response = await by_both(schema_with(fail, "Post.author"), "{ posts { id author { name } } }", POSTS)
    assert response["data"] == {"posts": [{"id": number, "author": None} for number in (1, 2, 3)]}
    assert response["errors"] == [("all of them", ["posts", index, "author"]) for index in range(3)]


@pytest.mark.parametrize(("answer", "told"), [([1], "1 values"), (None, "NoneType"), ({}, "dict")])
async def test_answers_that_do_not_match_the_parents_are_an_error(answer: Any, told: str) -> None:
    async def confuse(parents: list[Any], info: Any) -> Any:
        return answer

    response = await by_both(schema_with(confuse, "Post.author"), "{ posts { author { name } } }", POSTS)
    message = f"Batch of field 'Post.author' answered {told} for 3 parents."
    assert response["errors"] == [(message, ["posts", index, "author"]) for index in range(3)]


async def test_a_slow_branch_does_not_hold_up_another() -> None:
    order = []
    release = asyncio.Event()

    async def authors(parents: list[Any], info: Any) -> list[Any]:
        branch = info.path.as_list()[0]
        order.append(branch)
        if branch == "fast" and len(info.path.as_list()) > 3:
            release.set()
        if branch == "slow":
            await release.wait()
        return [{"name": "x", "post": {"id": 1}} for _ in parents]

    async def post(info: Any) -> Any:
        return {"id": 1}

    schema = schema_with(authors, "Post.author", "User.twin")
    document = valid(
        schema, "{ slow { author { name } } fast { author { twin { post { author { twin { name } } } } } } }"
    )
    result = await asyncio.wait_for(by_plan(schema, document, {"slow": post, "fast": post}), 5)
    assert result.errors is None
    assert order == ["slow", "fast", "fast", "fast", "fast"]


async def test_executions_side_by_side_do_not_share_calls() -> None:
    seen = []

    async def authors(parents: list[Any], info: Any) -> list[Any]:
        seen.append((info.context, len(parents)))
        await asyncio.sleep(0)
        return [{"name": info.context} for _ in parents]

    schema = schema_with(authors, "Post.author")
    document = parse("{ posts { author { name } } }")
    plan = compile_plan(schema, document)
    callers = [f"caller {number}" for number in range(5)]
    by_one_plan = [executed(plan, POSTS, caller) for caller in callers]
    for executions in (by_one_plan, [by_reference(schema, document, POSTS, None, caller) for caller in callers]):
        results = await asyncio.gather(*executions)
        for number, result in enumerate(results):
            assert result.data == {"posts": [{"author": {"name": f"caller {number}"}}] * 3}
    assert sorted(seen) == sorted([(f"caller {number}", 3) for number in range(5)] * 2)


async def _owned_by(posts: list[Any], info: Any) -> list[dict[str, Any]]:
    """Each author is whoever asks."""
    await asyncio.sleep(0)
    return [{"name": info.context} for _ in posts]


@pytest.mark.parametrize("execute", [by_plan, by_reference])
async def test_two_callers_at_the_same_moment_are_two_calls(execute: Any) -> None:
    schema = schema_with(_owned_by, "Post.author")
    document = valid(schema, "{ posts { author { name } } }")
    results = await asyncio.gather(*(execute(schema, document, POSTS, None, name) for name in ("ada", "bob")))
    assert [result.data for result in results] == [
        {"posts": [{"author": {"name": name}}] * 3} for name in ("ada", "bob")
    ]
