"""Both formats of an incremental answer add up to the answer that comes at once, as clients add them up."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, build_schema, parse

from gateway.errors import UpstreamUnavailable
from gateway.http.executable import Executable
from gateway.http.streams.incremental import Format, Labels2022, Pending2023
from gateway.settled import settled

SDL = """
directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
directive @stream(if: Boolean! = true, label: String, initialCount: Int = 0) on FIELD
type Query { a: Node b: Node list: [Node!]! }
type Node { name: String slow: String lost: String must: String! a: Node b: Node list: [Node!]! }
"""


class Node:
    """Two levels of itself; ``lost`` and ``must`` fail."""

    name = "name"

    async def slow(self, _: Any) -> str:
        await asyncio.sleep(0.005)
        return "slow"

    async def lost(self, _: Any) -> str:
        await asyncio.sleep(0.002)
        raise UpstreamUnavailable("no", service="s")

    async def must(self, _: Any) -> str:
        await asyncio.sleep(0.002)
        raise GraphQLError("secret")

    async def a(self, _: Any) -> Node:
        return Node()

    async def b(self, _: Any) -> Node:
        await asyncio.sleep(0.001)
        return Node()

    async def list(self, _: Any) -> list[Node]:
        return [Node(), Node(), Node()]


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    schema = build_schema(SDL)
    for kind in ("Query", "Node"):
        for name, field in schema.type_map[kind].fields.items():  # type: ignore[attr-defined]
            field.resolve = lambda _, info, name=name: _resolved(name, info)
    return schema


def _resolved(name: str, info: Any) -> Any:
    found = getattr(Node(), name)
    return found(info) if callable(found) else found


DEFERRED = [
    "{ a { name } ... @defer { b { name } } }",
    '{ a { name ... @defer(label: "x") { slow } } }',
    '{ a { name ... @defer(label: "x") { slow a { name ... @defer(label: "y") { slow } } } } }',
    '{ ... @defer(label: "x") { a { name } } ... @defer(label: "y") { a { name slow } b { name } } }',
    '{ a { a { name } } ... @defer(label: "x") { a { a { slow } name } } }',
    '{ ... @defer(label: "x") { a { a { slow } } } a { ... @defer(label: "y") { a { slow name } } } }',
    '{ list { name ... @defer(label: "x") { slow list { name } } } }',
    '{ list { name } ... @defer(label: "x") { list { slow } a { lost name } } }',
    '{ a { name ... @defer(label: "x") { slow lost } ... @defer(label: "y") { a { lost } } } }',
    '{ a { ...F @defer(label: "x") ...F @defer(label: "y") } } fragment F on Node { slow b { ...G @defer } } '
    "fragment G on Node { name slow }",
]
STREAMED = [
    "{ list @stream { name } }",
    "{ list @stream(initialCount: 1) { name slow } }",
    '{ list @stream(label: "l") { name ... @defer(label: "x") { slow list @stream { name } } } }',
    "{ a { name ... @defer { list @stream(initialCount: 2) { lost } } } }",
]


def executable(schema: GraphQLSchema, text: str) -> Executable:
    document = parse(text)
    [operation, *_] = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return Executable(schema, document, operation, frozenset({"defer", "stream"}), suggestions=True)


async def bodies(schema: GraphQLSchema, text: str, told: Format, *, early: bool = False) -> list[dict[str, Any]]:
    return [told.body(each) async for each in executable(schema, text).increments(None, {}, early=early)]


def at(data: Any, path: list[str | int]) -> Any:
    for step in path:
        data = data[step]
    return data


def put(target: Any, source: dict[str, Any]) -> None:
    for name, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(name), dict):
            put(target[name], value)
        else:
            target[name] = copy.deepcopy(value)


def added_up_2023(bodies: list[dict[str, Any]]) -> tuple[Any, list[Any]]:
    """The whole answer: pending ids are announced before they are used, and each is completed once."""
    data, errors = bodies[0]["data"], list(bodies[0].get("errors", ()))
    pending: dict[str, Any] = {}
    for body in bodies:
        pending |= {each["id"]: each["path"] for each in body.get("pending", ())}
        for entry in body.get("incremental", ()):
            place = at(data, [*pending[entry["id"]], *entry.get("subPath", ())])
            place.extend(entry["items"]) if "items" in entry else put(place, entry["data"])
            errors += entry.get("errors", ())
        for end in body.get("completed", ()):
            del pending[end["id"]]
            errors += end.get("errors", ())
    assert pending == {}
    return data, errors


def added_up_2022(bodies: list[dict[str, Any]]) -> tuple[Any, list[Any]]:
    data, errors = bodies[0]["data"], list(bodies[0].get("errors", ()))
    for body in bodies[1:]:
        for patch in body.get("incremental", ()):
            put(at(data, patch["path"]), patch["data"] or {})
            errors += patch.get("errors", ())
    return data, errors


def places(errors: list[Any]) -> list[str]:
    return sorted(str(error["path"]) for error in errors)


@pytest.mark.parametrize("text", DEFERRED + STREAMED)
@pytest.mark.parametrize("early", [False, True])
async def test_the_newer_format_adds_up(schema: GraphQLSchema, text: str, early: bool) -> None:
    whole = await settled(executable(schema, text).execute(None, {}))
    told = await bodies(schema, text, Pending2023("id", 100), early=early)
    data, errors = added_up_2023(told)
    assert data == whole.data
    assert places(errors) == sorted(str(error.path) for error in whole.errors or ())
    assert [body["hasNext"] for body in told] == [True] * (len(told) - 1) + [False]


@pytest.mark.parametrize("text", DEFERRED)
async def test_the_older_format_adds_up_and_completes_each_label_once(schema: GraphQLSchema, text: str) -> None:
    whole = await settled(executable(schema, text).execute(None, {}))
    told = await bodies(schema, text, Labels2022("id", 100))
    data, errors = added_up_2022(told)
    assert data == whole.data
    assert places(errors) == sorted(str(error.path) for error in whole.errors or ())
    assert [body["hasNext"] for body in told] == [True] * (len(told) - 1) + [False]
    patches = [patch for body in told for patch in body.get("incremental", ())]
    labelled = [(patch["label"], str(patch["path"])) for patch in patches if "label" in patch]
    assert len(labelled) == len(set(labelled))
    assert {label for label, _ in labelled} == {label for label in "xy" if f'"{label}"' in text}


async def test_a_fragment_that_fails_is_null_in_the_older_format_and_never_comes_in_the_newer(
    schema: GraphQLSchema,
) -> None:
    text = '{ a { name ... @defer(label: "x") { must } } }'
    error = {
        "message": "Internal error.",
        "extensions": {"code": "INTERNAL", "retryable": False, "requestId": "id"},
        "locations": [{"line": 1, "column": 37}],
        "path": ["a", "must"],
    }
    _, newer = await bodies(schema, text, Pending2023("id", 100))
    assert newer == {"hasNext": False, "completed": [{"id": "0", "errors": [error]}]}
    _, older = await bodies(schema, text, Labels2022("id", 100))
    patch = {"path": ["a"], "label": "x", "data": None, "errors": [error]}
    assert older == {"incremental": [patch], "hasNext": False}
