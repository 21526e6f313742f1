"""Plans themselves: what they cover, what they look like, that they stay small, and that they leave nothing running."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, parse

from gateway.execution import PlanUnsupported, compile_plan, mark_batch
from gateway.execution.plan import MAX_VARIANTS
from tests.execution.both import by_both, by_plan, by_reference, entries, executed, valid

SCHEMA = build_schema("""
    type Query { a: Int  b: String!  id: ID  e: E  f: Float  q: Query  list: [Query!]  node: Node  x(n: Int): Int }
    type Subscription { a: Int }
    interface Node { id: ID  node: Node }
    type A implements Node { id: ID  node: Node  a: Int }
    type B implements Node { id: ID  node: Node  b: Int }
    enum E { ONE TWO }
""")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{ __schema { types { name } } }", "introspection"),
        ('{ a __type(name: "Query") { name } }', "introspection"),
        ("subscription { a }", "subscriptions"),
        ("{ ... @defer { a } }", "@defer"),
        ("{ list @stream(initialCount: 1) { a } }", "@stream"),
        ("query @experimental_disableErrorPropagation { a }", "@experimental_disableErrorPropagation"),
        ("fragment F($x: Int) on Query { x(n: $x) } { ...F(x: 1) }", "variables of fragments"),
        ("query A { a } query B { a }", "which operation to execute is not clear"),
        ("{ nowhere }", "there is no field Query.nowhere"),
        ("mutation { a }", "the schema has no such operation"),
        ("{ " + "q { " * 70 + "a" + " }" * 70 + " }", "fields are nested too deeply"),
    ],
)
def test_what_a_plan_does_not_cover_is_told(text: str, why: str) -> None:
    with pytest.raises(PlanUnsupported) as raised:
        compile_plan(SCHEMA, parse(text, experimental_fragment_arguments=True))
    assert str(raised.value) == why


def test_generated_code_can_be_read() -> None:
    plan = compile_plan(SCHEMA, parse("{ t: __typename a b list { e id f q { b } } }"))
    assert (
        plan.source
        == """\
def shape(rows):  # Query
    return [
        odd(row) if (
            type(x0 := row.b) is not str
        ) else {'b': x0}
        for row in rows
    ]


def shape(rows, c3):  # Query
    return [
        odd(row) if (
            (x0 := nullable_names_of_E.get(row.e, rows)) is rows
            or (type(x1 := row.id) is not str and (type(x1) is not int or not (x1 := str(x1)))) and x1 is not None
            or (type(x2 := row.f) is not float or x2 - x2 != 0.0) and x2 is not None
        ) else {'e': x0, 'id': x1, 'f': x2, 'q': x3}
        for row, x3 in zip(rows, c3)
    ]


def shape(rows, c3):  # Query
    return [
        odd(row) if (
            (type(x1 := row.a) is not int or not -2147483648 <= x1 <= 2147483647) and x1 is not None
            or type(x2 := row.b) is not str
        ) else {'t': 'Query', 'a': x1, 'b': x2, 'list': x3}
        for row, x3 in zip(rows, c3)
    ]
"""
    )


def test_a_plan_can_be_explained() -> None:
    async def nodes(parents: list[Any], info: Any) -> list[Any]:
        return []

    schema = build_schema("type Query { list: [Query!]  q: Query  a: Int  node: Query }")
    assert schema.query_type
    mark_batch(schema.query_type.fields["node"], nodes)
    plan = compile_plan(schema, parse("{ list { a node { x: a q { a } } } q { a } }"))
    assert (
        plan.explain()
        == """\
query, one row
  list  member list -> [Query!]
    a  in place
    node  one call for all rows: nodes -> Query
      x  in place
      q  member q -> Query
        a  in place
  q  member q -> Query
    a  in place"""
    )


def test_fragments_that_use_each_other_many_times_over_stay_small() -> None:
    count = 40
    fragments = [f"fragment F{n} on Query {{ q {{ ...F{n + 1} }} y: q {{ ...F{n + 1} }} }}" for n in range(count)]
    text = "{ ...F0 } " + " ".join(fragments) + f" fragment F{count} on Query {{ a }}"
    began = time.perf_counter()
    plan = compile_plan(SCHEMA, parse(text))
    assert time.perf_counter() - began < 1
    assert len(plan.explain().splitlines()) < 10 * count


def test_a_document_whose_merged_fields_multiply_is_refused_soon() -> None:
    # Below each object of type A other fields are merged than below B: 2 ** 14 different levels from 5 kB.
    depth, levels = 14, range(14)
    schema = build_schema("type Query { n: N } interface N { n: N } " + TWO_TYPES)
    chains = [f"fragment M{i}x{n} on N {{ n {{ ...M{i + 1}x{n} }} }}" for n in levels for i in range(n + 1, depth)]
    ends = [f"fragment M{depth}x{n} on N {{ __typename }}" for n in levels]
    forks = [f"fragment L{n} on N {{ n {{ ...L{n + 1} }} ... on A {{ n {{ ...M{n + 1}x{n} }} }} }}" for n in levels]
    text = " ".join(["{ n { ...L0 } }", *forks, f"fragment L{depth} on N {{ __typename }}", *chains, *ends])
    document = valid(schema, text)
    began = time.perf_counter()
    with pytest.raises(PlanUnsupported, match="too large"):
        compile_plan(schema, document)
    assert time.perf_counter() - began < 1


TWO_TYPES = "type A implements N { n: N } type B implements N { n: N }"


async def test_deep_documents_run_within_the_recursion_limit() -> None:
    root: dict[str, Any] = {"list": [{"a": 1}]}
    root["list"][0]["list"] = root["list"]
    depth = 29
    text = "{ " + "list { " * depth + "a" + " }" * depth + " }"
    result = await by_plan(SCHEMA, valid(SCHEMA, text), root)
    assert result.errors is None


async def test_plans_of_other_conditions_are_kept_within_bounds() -> None:
    names = [f"v{n}" for n in range(6)]
    text = f"query ({', '.join(f'${name}: Boolean!' for name in names)}) {{ "
    text += " ".join(f"{name}: a @include(if: ${name})" for name in names) + " b }"
    plan = compile_plan(SCHEMA, parse(text))
    for bits in range(64):
        there = {name: bool(bits >> n & 1) for n, name in enumerate(names)}
        result = await executed(plan, {"a": 1, "b": "b"}, None, there)
        assert result.data == {**{name: 1 for name in names if there[name]}, "b": "b"}
    assert len(plan._variants) == MAX_VARIANTS


@pytest.mark.parametrize("value", [1, "odd"])
async def test_a_row_that_is_read_in_place_counts_once(value: Any) -> None:
    plan = compile_plan(SCHEMA, parse("{ a }"), warm_rows=2)
    for count in range(1, 5):
        await executed(plan, {"a": value})
        assert plan._first.root.shaped == count


async def test_nothing_of_a_document_is_executed() -> None:
    text = "{ __import__: a _: b exec: id row: f rows: e out: list { odd: a } }"
    root = {"a": 1, "b": "b", "id": 5, "f": 1.0, "e": "ONE", "list": [{"a": 1}] * 40}
    assert await by_both(SCHEMA, text, root) == {
        "data": {
            "__import__": 1,
            "_": "b",
            "exec": "5",
            "row": 1.0,
            "rows": "ONE",
            "out": [{"odd": 1}] * 40,
        }
    }


async def test_rows_may_be_objects_mappings_or_both() -> None:
    class Row:
        def __init__(self, value: Any) -> None:
            self.a = value

    for rows in ([Row(1)] * 40, [{"a": 1}] * 40, [Row(1), {"a": 1}] * 20):
        assert await by_both(SCHEMA, "{ list { a } }", {"list": rows}) == {"data": {"list": [{"a": 1}] * 40}}


async def test_resolvers_are_told_where_they_are() -> None:
    seen = []

    async def resolve(source: Any, info: Any, **arguments: Any) -> int:
        seen.append(
            (
                info.field_name,
                info.path.as_list(),
                [(step.key, step.typename) for step in (info.path, info.path.prev)],
                str(info.parent_type),
                str(info.return_type),
                [node.alias.value for node in info.field_nodes],
                sorted(info.fragments),
                info.operation.name.value,
                info.variable_values.coerced,
                info.root_value["b"],
                info.context,
                info.schema is schema,
                info.is_awaitable(5),
                info.abort_signal,
                await info.async_helpers.gather([asyncio.sleep(0, "gathered")]),
                arguments,
            )
        )
        return 1

    schema = build_schema("type Query { list: [Query]  b: Int  x(n: Int): Int }")
    assert schema.query_type
    schema.query_type.fields["x"].resolve = resolve
    text = "query Name($n: Int) { list { ...F } } fragment F on Query { y: x(n: $n) }"
    await by_both(schema, text, {"b": 7, "list": [{}, None, {}]}, {"n": 3}, context="context")
    assert seen[:2] == seen[2:]
    assert [each[1] for each in seen[:2]] == [["list", 0, "y"], ["list", 2, "y"]]


async def test_work_that_a_resolver_tracks_is_waited_for() -> None:
    done = []

    async def aside() -> None:
        await asyncio.sleep(0.001)
        done.append(True)

    def resolve(info: Any) -> int:
        info.async_helpers.track([aside(), 5])
        return 1

    assert (await by_plan(SCHEMA, parse("{ a }"), {"a": resolve})).data == {"a": 1}
    assert done == [True]


class Hanging:
    """Fields that never answer; counts those that run."""

    def __init__(self) -> None:
        self.running = 0

    async def hang(self, *_: Any, **__: Any) -> Any:
        self.running += 1
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.running -= 1


def hanging_schema(hanging: Hanging) -> GraphQLSchema:
    schema = build_schema("type Query { many: [Query]  each: Int  level: Int  other: Int }")
    assert schema.query_type
    schema.query_type.fields["each"].resolve = hanging.hang
    mark_batch(schema.query_type.fields["level"], hanging.hang)
    mark_batch(schema.query_type.fields["other"], hanging.hang)
    return schema


@pytest.mark.parametrize("turns", range(6))
async def test_a_cancelled_execution_leaves_nothing_running(turns: int) -> None:
    hanging = Hanging()
    schema = hanging_schema(hanging)
    plan = compile_plan(schema, parse("{ each level many { each level other } }"))
    before = asyncio.all_tasks()
    task = asyncio.create_task(executed(plan, {"many": [{}, {}, {}]}))
    for _ in range(turns):
        await asyncio.sleep(0)
    if turns == 5:
        assert hanging.running == 7
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert hanging.running == 0
    assert asyncio.all_tasks() == before


async def test_a_plan_runs_many_times_side_by_side() -> None:
    schema = build_schema("type Query { x(n: Int): Int }")

    async def resolve(source: Any, info: Any, n: int) -> int:
        await asyncio.sleep(0)
        return n

    assert schema.query_type
    schema.query_type.fields["x"].resolve = resolve
    plan = compile_plan(schema, parse("query ($n: Int) { x(n: $n) }"))
    results = await asyncio.gather(*(executed(plan, None, None, {"n": n}) for n in range(50)))
    assert [result.data for result in results] == [{"x": n} for n in range(50)]


async def test_an_invalid_default_is_told_as_graphql_core_does() -> None:
    text = "query ($n: Int = 1) { x(n: $n) }"
    document = valid(SCHEMA, text)
    planned, reference = [await run(SCHEMA, document, {}, {"n": "no"}) for run in (by_plan, by_reference)]
    assert entries(planned.errors) == entries(reference.errors) != []
