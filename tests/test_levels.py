"""Fields of a whole level: by plan and by graphql-core the same data, errors and upstream requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import GraphQLObjectType, parse
from msgspec.structs import replace

from gateway.execution import BATCH, compile_plan
from gateway.roles import Role
from gateway.sandbox.faults import Fault
from gateway.sandbox.invoke.seed import SENTIMENT_ID
from gateway.sandbox.running import Sandbox
from gateway.settings import LinkSettings, Settings
from gateway.settled import settled
from schema import build_schema
from tests.direct import Direct, direct
from tests.harness import GREETING, SERVICE

FUNCTIONS = "function_admin GET /api/v1/functions"
DEPLOYMENTS = "deployment GET /fn/api/v0/functions"
LINK = LinkSettings(predictor=GREETING, deployment=SERVICE, function="my_function", trained_function=SENTIMENT_ID)

COUNTS = {
    "{ functions(input: {count: 5}) { id content valves plain: valves(input: {reveal: true}) } }": {
        f"{FUNCTIONS}/list": 1,
        f"{FUNCTIONS}/export": 1,
    },
    "{ a: functions(input: {count: 5}) { content } b: functions(input: {offset: 3, count: 5}) { content } }": {
        f"{FUNCTIONS}/list": 1,
        f"{FUNCTIONS}/export": 1,
    },
    '{ function(input: {id: "my_function"}) {'
    "    content valves valvesSchema userValves userValvesSchema owner { id } } }": {
        f"{FUNCTIONS}/id/my_function": 1,
        f"{FUNCTIONS}/id/my_function/valves": 1,
        f"{FUNCTIONS}/id/my_function/valves/spec": 1,
        f"{FUNCTIONS}/id/my_function/valves/user": 1,
        f"{FUNCTIONS}/id/my_function/valves/user/spec": 1,
        f"{FUNCTIONS}/list": 1,
    },
    "{ deployments(input: {count: 4}) {"
    "    name endpoints { route streaming } invokeUrl auth error stderr inferenceKey } }": {
        DEPLOYMENTS: 1,
        f"{DEPLOYMENTS}/*": 4,
    },
    "{ deployments(input: {count: 3}) { inferenceKeys { id createdAt } } }": {
        DEPLOYMENTS: 1,
        f"{DEPLOYMENTS}/*/inference-keys": 3,
    },
    "{ trainedFunctions(input: {count: 3}) { labels { name } fields { name } samples(input: {count: 2}) { id } } }": {
        "invoke GET /v1/functions": 1,
        "invoke GET /v1/functions/*/labels": 3,
        "invoke GET /v1/functions/*/fields": 3,
        "invoke GET /v1/functions/*/samples": 3,
    },
    "{ predictors(input: {count: 40}) { owner { username predictors(input: {count: 1}) { tag } } } }": {
        "prediction GET /predictors": 1,
        "prediction GET /users/*/predictors": 3,
    },
    "{ user { ... on User { environmentVariables { name } } predictors { tag } } }": {
        "prediction GET /user": 1,
        "prediction GET /users/*/environmentVariables": 1,
        "prediction GET /users/*/predictors": 1,
    },
    "{ predictors(input: {count: 20}) { deployment { id function { content } } function { content } } }": {
        "prediction GET /predictors": 1,
        f"{DEPLOYMENTS}/*": 1,
        f"{FUNCTIONS}/id/my_function": 1,
    },
}
"""Requests that a document takes: method and path, where ``*`` stands for the id of each row."""


@pytest.fixture
async def both(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Direct]:
    async with direct(replace(settings, links=[LINK]), sandbox) as found:
        yield found


def counted(lines: list[str], expected: dict[str, int]) -> Counter[str]:
    """The requests without their queries; ids that the expectation does not name are ``*``."""
    plain = [line.partition("?")[0] for line in lines]
    return Counter(line if line in expected else _starred(line) for line in plain)


def _starred(line: str) -> str:
    starts = (f"{DEPLOYMENTS}/", "invoke GET /v1/functions/", "prediction GET /users/")
    start = next(each for each in starts if line.startswith(each))
    _, slash, rest = line.removeprefix(start).partition("/")
    return f"{start}*{slash}{rest}"


async def test_both_ways_give_the_same_and_ask_for_the_same(both: Direct) -> None:
    for text, expected in COUNTS.items():
        data, errors, lines = await both.by_both(text)
        assert errors == [], text
        assert all(data.values()), text
        assert counted(lines, expected) == expected, text


async def test_a_row_that_fails_fails_alone(both: Direct) -> None:
    text = "{ deployments(input: {count: 3}) { id endpoints { route } auth } }"
    data, _, _ = await both.by_both(text)
    bad = data["deployments"][1]["id"]
    both.sandbox.deployment.faults.set(Fault("status", status=500, match=f"/functions/{bad}$"))
    data, errors, _ = await both.by_both(text)
    assert [row["endpoints"] is None for row in data["deployments"]] == [False, True, False]
    place = "['deployments', 1, '{}']"
    assert errors == [(place.format(name), "UPSTREAM_UNAVAILABLE") for name in ("auth", "endpoints")]


async def test_one_request_that_fails_for_all_is_each_rows_error(both: Direct) -> None:
    both.sandbox.function_admin.faults.set(Fault("status", status=500, match="/export$"))
    data, errors, _ = await both.by_both("{ functions(input: {count: 3}) { id content valves } }")
    assert [(row["content"], row["valves"]) for row in data["functions"]] == [(None, None)] * 3
    assert len(errors) == 6


async def test_a_wrong_page_is_each_rows_error_and_asks_for_nothing_more(both: Direct) -> None:
    data, errors, lines = await both.by_both("{ functions(input: {count: 2}) { history(input: {count: 0}) { id } } }")
    assert data == {"functions": [{"history": None}, {"history": None}]}
    assert [code for _, code in errors] == ["BAD_INPUT", "BAD_INPUT"]
    assert lines == [f"{FUNCTIONS}/list"]


async def test_values_computed_from_rows_and_types_of_records_are_the_same_both_ways(
    both: Direct,
) -> None:
    owner = "owner { __typename username ... on User { email } }"
    texts = {
        f"{{ predictors {{ tag readme signature {{ inputs {{ name stringDefault }} }} {owner} }} }}": "signature",
        "{ functions(input: {count: 20}) { createdAt meta { description manifest raw } } }": "description",
        "{ deployments { name tags inferenceKeys { id createdAt } } }": "tags",
        '{ search(input: {query: "e", count: 40}) { item { __typename ... on Deployment { name tags } } } }': "tags",
        "{ trainedFunctions(input: {count: 4}) { samples { annotations { labelId } sampleSetIds } } }": "annotations",
    }
    for text, computed in texts.items():
        data, errors, _ = await both.by_both(text)
        assert errors == [], text
        assert all(data.values()), text
        assert f"{computed}  resolver" not in compile_plan(both.schema, parse(text)).explain(), text


def guarded() -> list[tuple[str, str]]:
    """The fields of a whole level that need the role ADMIN, each with a document that asks for it in a list."""
    lists = {"Function": "functions", "Deployment": "deployments"}
    found = []
    for type_name, root in lists.items():
        kind: Any = build_schema()._schema.type_map[type_name]
        assert isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items():
            directives = field.extensions["strawberry-definition"].directives
            if BATCH in field.extensions and any(each.role.name == "ADMIN" for each in directives):
                below = " { id }" if "[" in str(field.type) or str(field.type) == "FunctionOwner" else ""
                found.append((f"{type_name}.{name}", f"{{ {root}(input: {{count: 3}}) {{ found: {name}{below} }} }}"))
    return found


async def test_a_user_is_refused_what_is_for_administrators_and_nobody_is_asked(both: Direct) -> None:
    fields = guarded()
    assert {name for name, _ in fields} == {
        "Function.content", "Function.valves", "Function.valvesSchema", "Function.owner", "Function.history",
        "Deployment.inferenceKey", "Deployment.inferenceKeys",
    }  # fmt: skip
    for name, text in fields:
        data, errors, lines = await both.by_both(text, "user")
        [rows] = data.values()
        assert rows == [{"found": None}] * 3, name
        assert [code for _, code in errors] == ["FORBIDDEN"] * 3, name
        assert len(lines) == 1, name


async def test_a_guard_is_asked_once_for_a_level(both: Direct) -> None:
    asked: list[Role] = []
    context = await both.context("admin")
    require = context.require

    async def counting(role: Role = Role.USER) -> None:
        asked.append(role)
        await require(role)

    context.require = counting  # type: ignore[method-assign]
    document = parse("{ functions(input: {count: 20}) { content } }")
    result = await settled(compile_plan(both.schema, document).execute(None, context, {}))
    assert result.errors is None
    assert asked == [Role.USER, Role.ADMIN]


def test_every_field_that_fetches_below_a_parent_is_of_a_whole_level() -> None:
    schema = build_schema()._schema
    roots = {schema.query_type, schema.mutation_type, schema.subscription_type}
    seen, single = 0, []
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and kind not in roots and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                resolver = field.extensions["strawberry-definition"].base_resolver
                seen += BATCH in field.extensions
                if BATCH not in field.extensions and resolver is not None and resolver.is_async:
                    single.append(f"{kind.name}.{name}")
    assert seen == 35
    assert single == []
