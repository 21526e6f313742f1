"""What a document may say: aliases, merged fields, fragments, directives, variables, several operations."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import build_schema

from gateway.execution import compile_plan
from tests.execution.both import by_both, executed, valid

SCHEMA = build_schema("""
    type Query { a: String  b: String  deep: Query  list: [Query]  add(n: Int! = 1, to: [Int!], in: In): String }
    input In { n: Int = 5  more: In }
""")


def add(info: Any, **arguments: Any) -> str:
    return str(dict(sorted(arguments.items())))


DEEP = {"a": "deep a", "b": "deep b", "deep": {"a": "deeper a", "b": "deeper b"}}
ROOT = {"a": "a", "b": "b", "deep": DEEP, "list": [DEEP, None, {"b": "B"}], "add": add}


async def ask(text: str, variables: dict[str, Any] | None = None) -> Any:
    response = await by_both(SCHEMA, text, ROOT, variables)
    return response if "errors" in response else response["data"]


async def test_an_alias_names_the_answer() -> None:
    assert await ask("{ x: a y: a a: b }") == {"x": "a", "y": "a", "a": "b"}


async def test_fields_of_one_name_are_merged_where_the_first_stands() -> None:
    assert await ask("{ deep { a } b deep { b deep { a } } deep { deep { b } } }") == {
        "deep": {"a": "deep a", "b": "deep b", "deep": {"a": "deeper a", "b": "deeper b"}},
        "b": "b",
    }


async def test_fragments_are_merged_with_what_is_around_them() -> None:
    text = "{ ...F b deep { b ...F } } fragment F on Query { a deep { a ... { b } } }"
    assert await ask(text) == {
        "a": "a",
        "deep": {"a": "deep a", "b": "deep b", "deep": {"a": "deeper a", "b": "deeper b"}},
        "b": "b",
    }


async def test_typename_is_a_field_like_others() -> None:
    assert await ask("{ __typename t: __typename list { __typename } }") == {
        "__typename": "Query",
        "t": "Query",
        "list": [{"__typename": "Query"}, None, {"__typename": "Query"}],
    }


@pytest.mark.parametrize(
    ("directive", "there"),
    [
        ("@skip(if: true)", False),
        ("@skip(if: false)", True),
        ("@include(if: true)", True),
        ("@include(if: false)", False),
        ("@skip(if: false) @include(if: true)", True),
        ("@skip(if: true) @include(if: true)", False),
        ("@skip(if: $yes)", False),
        ("@include(if: $yes)", True),
        ("@skip(if: $no)", True),
        ("@include(if: $no)", False),
        ("@include(if: $default)", True),
    ],
)
@pytest.mark.parametrize("text", ["a {}", "... {} {{ a }}", "...F {}"])
async def test_conditions_decide_what_is_there(directive: str, there: bool, text: str) -> None:
    variables = "$yes: Boolean!, $no: Boolean!, $default: Boolean = true"
    uses = "... @skip(if: $yes) { b } ... @skip(if: $no) { b } ... @skip(if: $default) { b }"
    document = (
        f"query ({variables}) {{ {uses} {text.format(directive)} ...F @skip(if: true) }} fragment F on Query {{ a }}"
    )
    answer = await ask(document, {"yes": True, "no": False})
    assert answer == ({"b": "b", "a": "a"} if there else {"b": "b"})


async def test_an_object_of_which_all_is_skipped_is_empty() -> None:
    assert await ask("{ deep { a @skip(if: true) } list { a @skip(if: true) } }") == {
        "deep": {},
        "list": [{}, None, {}],
    }


async def test_the_order_of_keys_follows_what_is_there() -> None:
    text = "query ($x: Boolean!) { a @include(if: $x) b a }"
    assert list(await ask(text, {"x": True})) == ["a", "b"]
    assert list(await ask(text, {"x": False})) == ["b", "a"]


async def test_a_condition_that_is_null_is_an_error_of_the_object_around_it() -> None:
    text = "query ($x: Boolean = true) { a deep { b @skip(if: $x) } }"
    response = await ask(text, {"x": None})
    assert response["data"] == {"a": "a", "deep": None}
    assert [path for _, path in response["errors"]] == [["deep"]]


async def test_arguments_come_from_literals_variables_and_defaults() -> None:
    text = """query ($n: Int!, $to: Int = 7, $none: Int = 3, $in: In) {
        one: add two: add(n: $n, to: [1, $to]) three: add(n: $none, to: 5, in: {more: {n: $n}}) four: add(in: $in)
    }"""
    assert await ask(text, {"n": 2, "in": {"more": {}}}) == {
        "one": "{'n': 1}",
        "two": "{'n': 2, 'to': [1, 7]}",
        "three": "{'in': {'n': 5, 'more': {'n': 2}}, 'n': 3, 'to': [5]}",
        "four": "{'in': {'n': 5, 'more': {'n': 5}}, 'n': 1}",
    }


async def test_a_variable_that_is_null_after_all_is_an_error_of_the_field() -> None:
    response = await ask("query ($n: Int = 1) { list { add(n: $n) } a: add(n: $n) }", {"n": None})
    assert response["data"] == {"list": [{"add": None}, None, {"add": None}], "a": None}
    assert [path for _, path in response["errors"]] == [["list", 0, "add"], ["list", 2, "add"], ["a"]]


@pytest.mark.parametrize("variables", [{}, {"n": "x"}, {"n": None}, {"n": 2**40}, None])
async def test_wrong_variables_are_refused_before_anything_runs(variables: dict[str, Any] | None) -> None:
    response = await ask("query ($n: Int!) { add(n: $n) }", variables)
    assert response["data"] is None
    assert len(response["errors"]) == 1


async def test_errors_of_variables_are_capped() -> None:
    response = await ask("query ($to: [Int!]) { add(to: $to) }", {"to": ["x"] * 100})
    assert len(response["errors"]) == 51
    assert "Too many errors" in response["errors"][-1][0]


async def test_variables_that_nobody_asked_for_are_ignored() -> None:
    assert await ask("{ a }", {"unknown": 1}) == {"a": "a"}


async def test_the_name_chooses_the_operation() -> None:
    document = valid(SCHEMA, "query A { a } query B { b }")
    assert (await executed(compile_plan(SCHEMA, document, "A"), ROOT)).data == {"a": "a"}
    assert (await executed(compile_plan(SCHEMA, document, "B"), ROOT)).data == {"b": "b"}
