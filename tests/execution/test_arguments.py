"""Arguments are coerced once; what a resolver does to its own is not seen by the next."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, parse

from gateway.execution import compile_plan
from tests.execution.both import by_both, executed

SCHEMA = """
    input In { names: [String!]  inner: In  n: Int = 7 }
    type Query { x(in: In, n: Int = 3, s: String): String }
"""


def built() -> GraphQLSchema:
    schema = build_schema(SCHEMA)

    def resolve(source: Any, info: Any, **arguments: Any) -> str:
        told = repr(arguments)
        for given in (arguments.get("in"), (arguments.get("in") or {}).get("inner")):
            if given:
                given.setdefault("names", []).append("changed")
                given["n"] = 0
        arguments["n"] = 0
        return told

    assert schema.query_type
    schema.query_type.fields["x"].resolve = resolve
    return schema


DOCUMENTS = [
    "{ x }",
    "{ x(in: null, n: null) }",
    '{ x(in: {names: ["a"], inner: {n: 1}}, s: "text") }',
    "query ($n: Int, $names: [String!]) { x(in: {names: $names, n: $n}, n: $n) }",
    "query ($in: In, $n: Int = 9) { x(in: $in, n: $n) }",
    "query ($n: Int) { x(in: {inner: {n: $n}}) }",
]


@pytest.mark.parametrize("text", DOCUMENTS)
async def test_resolvers_get_what_graphql_core_gives(text: str) -> None:
    await by_both(built(), text, variables={"names": ["v"], "in": {"names": []}})


async def test_constant_arguments_are_the_same_each_time() -> None:
    plan = compile_plan(built(), parse(DOCUMENTS[2]))
    told = [(await executed(plan)).data for _ in range(3)]
    assert told[0] == told[1] == told[2]
    assert "changed" not in str(told)
