"""Values that are here at once run through a plan without waiting, those that are not in as few tasks as can be."""

from __future__ import annotations

import asyncio
from typing import Any

from graphql import ExecutionResult, GraphQLSchema, build_schema, parse

from gateway.execution import compile_plan, mark_batch
from tests.execution.both import by_both, executed

SCHEMA = """
    type Query { list: [Row!]  one: Row  now: Int  later: Int  other: Int }
    type Row { id: Int  level: Row  later: Int }
"""


async def soon(*_: Any) -> int:
    await asyncio.sleep(0)
    return 1


def built() -> GraphQLSchema:
    schema = build_schema(SCHEMA)
    query, row = schema.type_map["Query"].fields, schema.type_map["Row"].fields  # type: ignore[attr-defined]
    for field in (query["later"], query["other"], row["later"]):
        field.resolve = soon

    async def rows(parents: list[Any], info: Any) -> list[Any]:
        await asyncio.sleep(0)
        return [{"id": parent["id"] + 1} for parent in parents]

    mark_batch(row["level"], rows)
    return schema


ROOT = {"now": 5, "list": [{"id": 1}, {"id": 2}], "one": {"id": 3}}


async def tasks_of(text: str) -> int:
    """How many tasks the document's execution makes."""
    made = []
    loop = asyncio.get_running_loop()

    def count(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        made.append(coroutine)
        return asyncio.Task(coroutine, loop=loop, **options)

    plan = compile_plan(built(), parse(text))
    loop.set_task_factory(count)
    try:
        result = await executed(plan, ROOT)
    finally:
        loop.set_task_factory(None)
    assert result.errors is None
    return len(made)


def test_what_is_here_at_once_never_waits() -> None:
    result = compile_plan(built(), parse("{ now list { id } one { id } }")).execute(ROOT)
    assert isinstance(result, ExecutionResult)
    assert result.data == {"now": 5, "list": [{"id": 1}, {"id": 2}], "one": {"id": 3}}


async def test_a_single_column_that_waits_needs_no_task() -> None:
    assert await tasks_of("{ later now list { id } }") == 0
    assert await tasks_of("{ list { id level { id level { id } } } now }") == 0


async def test_columns_that_wait_have_a_task_each() -> None:
    assert await tasks_of("{ later other now }") == 2
    assert await tasks_of("{ list { level { id } } one { later } now }") == 2


async def test_rows_that_wait_have_a_task_each() -> None:
    assert await tasks_of("{ list { later } }") == 2


async def test_they_answer_what_graphql_core_answers() -> None:
    await by_both(built(), "{ later other now list { later level { id level { later } } } one { level { id } } }", ROOT)
