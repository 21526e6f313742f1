"""A plan and graphql-core answer the same, errors and paths included, whatever the schema, document and data."""

from __future__ import annotations

import asyncio
import gc
import inspect
import json
from random import Random
from typing import Any

import pytest
from graphql import DocumentNode, ExecutionResult, GraphQLError, parse, validate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gateway.execution import compile_plan
from tests.execution.both import Entry, by_reference, entries, executed
from tests.execution.documents import DocumentWriter
from tests.execution.generated import World

NEVER = 10**9


async def check(random: Random, salt: int, synchronous: bool) -> None:
    world = World(random, salt, synchronous=synchronous)
    writer = DocumentWriter(random, world.schema)
    text, variables = writer.document(), writer.variables()
    document = parse(text)
    assume(not [error for error in validate(world.schema, document) if "is never used" not in error.message])
    reference = await _reference(world, document, variables)
    for warm_rows in (0, NEVER):  # with generated code wherever it can be, and without any
        plan = compile_plan(world.schema, document, "Q", warm_rows=warm_rows)
        planned = await executed(plan, world.root(), None, variables)
        assert json.dumps(planned.data) == json.dumps(reference.data), text
        if synchronous:
            assert entries(planned.errors) == entries(reference.errors), text
        else:
            everything = await _reference(world, parse(text.replace("\n", f" {UNPROPAGATED}\n", 1)), variables)
            assert_same_errors(planned, reference, everything.errors)


UNPROPAGATED = "@experimental_disableErrorPropagation"


async def _reference(world: World, document: DocumentNode, variables: dict[str, Any]) -> ExecutionResult:
    definitions = tuple(each for each in document.definitions if "Unused" not in str(getattr(each, "name", None)))
    return await by_reference(world.schema, DocumentNode(definitions=definitions), world.root(), variables)


def assert_same_errors(
    planned: ExecutionResult, reference: ExecutionResult, everything: list[GraphQLError] | None
) -> None:
    """The same errors, in any order, where graphql-core's own are determined.

    They are not below a parent that an error has turned into null: there graphql-core reports what happened to be done
    before the first such error, and that depends on timing. There must be one such error, and any that is reported must
    be one that graphql-core can report: the errors that occur when nothing is propagated are all of those.
    """
    mine, theirs = _by_null(planned), _by_null(reference)
    assert mine.keys() == theirs.keys()
    for (position, own), found in mine.items():
        if own:
            assert sorted(found) == sorted(theirs[position, own])
    assert {*entries(planned.errors)} <= {*entries(everything)}


def _by_null(result: ExecutionResult) -> dict[tuple[str, bool], list[Entry]]:
    """Errors by the null that they led to, and whether it is that of the erroneous field itself."""
    found: dict[tuple[str, bool], list[Entry]] = {}
    for error in result.errors or []:
        path, value, depth = error.path or [], result.data, 0
        while value is not None:
            value, depth = value[path[depth]], depth + 1  # type: ignore[index]
        key = (str(path[:depth]), depth == len(path))
        found.setdefault(key, []).extend(entries([error]))
    return found


def differences(random: Random, salt: int, synchronous: bool) -> None:
    asyncio.run(check(random, salt, synchronous))


def look_for_differences(examples: int) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    looking = given(st.randoms(use_true_random=False), st.integers(0, 2**32), st.booleans())(differences)
    settings(max_examples=examples, deadline=None, suppress_health_check=checks, database=None)(looking)()
    for each in gc.get_objects():
        if inspect.iscoroutine(each) and inspect.getcoroutinestate(each) == inspect.CORO_CREATED:
            each.close()
    gc.collect()


# graphql-core drops the coroutines of fields whose sibling failed first; that plans drop none, the last test says.
dropping_coroutines = pytest.mark.filterwarnings(
    "ignore:coroutine .* was never awaited:RuntimeWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@dropping_coroutines
def test_a_plan_answers_what_graphql_core_answers() -> None:
    look_for_differences(200)


@pytest.mark.slow
@dropping_coroutines
def test_a_plan_answers_what_graphql_core_answers_ten_thousand_times() -> None:
    look_for_differences(10_000)


def test_a_plan_drops_no_coroutine() -> None:
    for seed in range(100):
        random = Random(seed)
        world = World(random, seed, synchronous=False)
        writer = DocumentWriter(random, world.schema)
        plan = compile_plan(world.schema, parse(writer.document()), "Q")
        asyncio.run(executed(plan, world.root(), None, writer.variables()))
    gc.collect()
