"""Root fields of a mutation run one after the other, each with all that is below it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from graphql import ExecutionResult, build_schema

from tests.execution.both import by_plan, by_reference, entries, valid

SCHEMA = build_schema("""
    type Query { n: Int }
    type Mutation { add(n: Int!): Sum  must(n: Int!): Sum! }
    type Sum { total: Int!  later: Int }
""")


class Adder:
    """The root: what is below a field sees the sum as it is when it is asked."""

    def __init__(self) -> None:
        self.sum = 0
        self.log: list[str] = []

    async def add(self, info: Any, n: int) -> Any:
        self.log.append(f"add {n}")
        await asyncio.sleep(0)
        if n < 0:
            raise ValueError("negative")
        self.sum += n
        return {"total": self.sum, "later": self._later}

    must = add

    async def _later(self, info: Any) -> int:
        await asyncio.sleep(0)
        self.log.append(f"later {self.sum}")
        return self.sum


@pytest.fixture(params=[by_plan, by_reference])
def execute(request: pytest.FixtureRequest) -> Any:
    return request.param


async def run(execute: Any, text: str) -> tuple[ExecutionResult, list[str]]:
    root = Adder()
    return await execute(SCHEMA, valid(SCHEMA, text), root), root.log


async def test_each_field_is_done_before_the_next_begins(execute: Any) -> None:
    text = "mutation { a: add(n: 1) { total later } b: add(n: 2) { later } c: add(n: 3) { total } }"
    result, log = await run(execute, text)
    assert result.data == {"a": {"total": 1, "later": 1}, "b": {"later": 3}, "c": {"total": 6}}
    assert log == ["add 1", "later 1", "add 2", "later 3", "add 3"]


async def test_a_nullable_field_that_fails_stops_nothing(execute: Any) -> None:
    result, log = await run(execute, "mutation { a: add(n: -1) { total } __typename b: add(n: 2) { total } }")
    assert result.data == {"a": None, "__typename": "Mutation", "b": {"total": 2}}
    assert [message for message, _, _ in entries(result.errors)] == ["negative"]
    assert log == ["add -1", "add 2"]


async def test_after_a_required_field_that_fails_nothing_is_begun(execute: Any) -> None:
    result, log = await run(
        execute, "mutation { a: add(n: 1) { total } b: must(n: -1) { total } c: add(n: 2) { total } }"
    )
    assert result.data is None
    assert [message for message, _, _ in entries(result.errors)] == ["negative"]
    assert log == ["add 1", "add -1"]
