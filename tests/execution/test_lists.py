"""Lists: what counts as one, nulls and failures in each place, lists of lists, items and lists that must be awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import build_schema

from tests.execution.both import by_both


async def ask(type_: str, value: Any) -> dict[str, Any]:
    return await by_both(build_schema(f"type Query {{ list: {type_} }}"), "{ list }", {"list": value})


@pytest.mark.parametrize("value", [["a", "b"], ("a", "b"), {"a": 1, "b": 2}.keys()])
async def test_any_iterable_is_a_list(value: Any) -> None:
    assert await ask("[String]", value) == {"data": {"list": ["a", "b"]}}


@pytest.mark.parametrize("value", ["text", {"a": 1}, 5, b"bytes"])
async def test_texts_and_mappings_are_none(value: Any) -> None:
    message = "Expected Iterable, but did not find one for field 'Query.list'."
    assert await ask("[String]", value) == {"data": {"list": None}, "errors": [(message, ["list"])]}


@pytest.mark.parametrize(
    ("type_", "expected"),
    [("[Int]", [1, None, 2]), ("[Int]!", [1, None, 2]), ("[Int!]", None)],
)
async def test_a_null_item_is_null_where_it_may(type_: str, expected: Any) -> None:
    response = await ask(type_, [1, None, 2])
    assert response["data"] == {"list": expected}
    if expected is None:
        assert response["errors"] == [("Cannot return null for non-nullable field Query.list.", ["list", 1])]


async def test_a_null_item_of_a_list_that_must_not_be_null_takes_everything() -> None:
    assert (await ask("[Int!]!", [1, None]))["data"] is None


async def test_one_bad_item_costs_that_item() -> None:
    response = await ask("[Int]", [1, "bad", ValueError("worse"), 4])
    assert response == {
        "data": {"list": [1, None, None, 4]},
        "errors": [
            ("Int cannot represent non-integer value: 'bad'", ["list", 1]),
            ("worse", ["list", 2]),
        ],
    }


async def test_lists_of_lists_keep_their_shape_and_their_paths() -> None:
    response = await ask("[[[Int!]]!]", [[[1, 2], []], [None, [3, None]], []])
    assert response == {
        "data": {"list": [[[1, 2], []], [None, None], []]},
        "errors": [("Cannot return null for non-nullable field Query.list.", ["list", 1, 1, 1])],
    }


async def test_items_may_be_awaitable() -> None:
    async def item(value: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        return value

    def items(info: Any) -> list[Any]:
        return [item("a"), "b", item(ValueError("no")), item(None)]

    assert await ask("[String]", items) == {
        "data": {"list": ["a", "b", None, None]},
        "errors": [("no", ["list", 2])],
    }


async def test_a_list_may_come_from_an_async_iterator() -> None:
    async def items(info: Any) -> AsyncIterator[str]:
        yield "a"
        yield "b"

    assert await ask("[String]", lambda info: items(info)) == {"data": {"list": ["a", "b"]}}


async def test_an_async_iterator_that_raises_fails_the_list() -> None:
    async def items(info: Any) -> AsyncIterator[str]:
        yield "a"
        raise ValueError("broken")

    assert await ask("[String]", lambda info: items(info)) == {
        "data": {"list": None},
        "errors": [("broken", ["list"])],
    }
