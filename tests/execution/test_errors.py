"""What an error tells: message, path, locations, the exception behind it; and in which order errors stand."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from graphql import GraphQLError, build_schema

from tests.execution.both import by_both, by_plan, by_reference, valid

SCHEMA = build_schema("""
    type Query { a: Int  b: Int  node: Node  nodes: [Node]  loop: Query }
    type Node { id: ID  count: Int  name: String  value: Float  flag: Boolean  kind: Kind  parts: [Node] }
    enum Kind { BIG SMALL }
""")


class UnlikeAnyError(Exception):
    """With members that errors may have."""

    def __init__(self) -> None:
        super().__init__("unlike any")
        self.extensions = {"code": "ODD"}


@pytest.mark.parametrize("how", ["raise", "return", "raise later", "return later"])
async def test_the_exception_is_behind_the_error(how: str) -> None:
    exception = UnlikeAnyError()

    def answer() -> Any:
        if how.startswith("raise"):
            raise exception
        return exception

    async def later() -> Any:
        await asyncio.sleep(0)
        return answer()

    root = {"a": lambda info: later() if how.endswith("later") else answer()}
    document = valid(SCHEMA, "{ b\n  x: a }")
    for execute in (by_plan, by_reference):
        [error] = (await execute(SCHEMA, document, root)).errors or []
        assert error.original_error is exception
        assert error.formatted == {
            "message": "unlike any",
            "locations": [{"line": 2, "column": 3}],
            "path": ["x"],
            "extensions": {"code": "ODD"},
        }


async def test_merged_fields_are_all_located() -> None:
    document = valid(SCHEMA, "{ a\n a\n ... { a } }")
    result = await by_plan(SCHEMA, document, {"a": "no number"})
    assert [(each.line, each.column) for each in (result.errors or [])[0].locations or []] == [(1, 3), (2, 2), (3, 8)]


async def test_an_error_that_has_a_place_keeps_it() -> None:
    error = GraphQLError("placed", path=["elsewhere", 1], extensions={"code": "X"})
    assert (await by_both(SCHEMA, "{ a }", {"a": error}))["errors"] == [("placed", ["elsewhere", 1])]


async def test_errors_stand_in_the_order_of_the_document() -> None:
    root = {"nodes": [{"value": "x", "kind": "HUGE"}, {"flag": "x"}], "a": "x", "b": ValueError("b")}
    response = await by_both(SCHEMA, "{ b nodes { kind flag value } a }", root)
    assert [path for _, path in response["errors"]] == [
        ["b"],
        ["nodes", 0, "kind"],
        ["nodes", 0, "value"],
        ["nodes", 1, "flag"],
        ["a"],
    ]


async def test_whatever_fails_first_the_order_is_the_same() -> None:
    async def fail(info: Any, turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        raise ValueError("failed")

    root = {"a": lambda info: fail(info, 5), "b": lambda info: fail(info, 1)}
    result = await by_plan(SCHEMA, valid(SCHEMA, "{ a b }"), root)
    assert [error.path for error in result.errors or []] == [["a"], ["b"]]


async def test_paths_lead_through_lists_and_aliases() -> None:
    part = {"parts": [{"parts": [{"name": "ok"}, {"name": ["not", "text"]}]}, None]}
    response = await by_both(SCHEMA, "{ n: nodes { p: parts { parts { name } } } }", {"nodes": [None, part]})
    assert response["errors"] == [
        ("String cannot represent value: ['not', 'text']", ["n", 1, "p", 0, "parts", 1, "name"])
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", 2**31),
        ("count", -(2**31) - 1),
        ("value", float("nan")),
        ("value", float("inf")),
        ("value", "x"),
        ("flag", "x"),
        ("kind", "HUGE"),
        ("kind", ["unhashable"]),
        ("name", object),
        ("name", b"bytes"),
    ],
)
async def test_a_value_that_cannot_be_served_costs_its_field(field: str, value: Any) -> None:
    usual = {"count": -(2**31), "name": "n", "value": 1.5, "flag": True, "kind": "BIG"}
    root = {"nodes": [usual] * 20 + [usual | {field: value}]}
    response = await by_both(SCHEMA, "{ nodes { count name value flag kind } }", root)
    assert response["data"]["nodes"] == [usual] * 20 + [usual | {field: None}]
    assert [path for _, path in response["errors"]] == [["nodes", 20, field]]


@pytest.mark.parametrize(("value", "served"), [(5, "5"), (True, "true"), (1.5, "1.5"), (None, None)])
async def test_values_of_other_types_are_served_as_the_scalar_says(value: Any, served: Any) -> None:
    assert await by_both(SCHEMA, "{ node { name } }", {"node": {"name": value}}) == {"data": {"node": {"name": served}}}


@pytest.mark.parametrize(("value", "served"), [(5, "5"), ("5", "5"), (2**70, str(2**70)), (2.0, "2"), (None, None)])
async def test_ids_are_texts(value: Any, served: Any) -> None:
    root = {"nodes": [{"id": value}] * 20}
    assert await by_both(SCHEMA, "{ nodes { id } }", root) == {"data": {"nodes": [{"id": served}] * 20}}
