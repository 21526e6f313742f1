"""What fields say that they ask of the upstreams is what the upstreams are asked: nothing else, and all of it."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_operation_ast,
    parse,
    subscribe,
    visit,
)
from msgspec.structs import replace

from gateway.execution import BATCH
from gateway.sandbox.running import Sandbox, running
from gateway.sandbox.server import SandboxServer
from gateway.settings import Settings
from schema import build_schema
from schema.requests.declared import REQUESTS, Request
from tests.declared_runs import CODE, LINKS, RUNS, Run
from tests.direct import Direct, direct
from tests.harness import with_upstream

NAMES = {"{tag}": r"[^/]+/[^/]+", "{method}": "[A-Z]+", "{invokeUrl}": r"/svc/[^/]+", "{route}": "/.+", "{url}": ""}
ROWS = re.compile("per (account|deployment|function|version|link|page|input)")

Declared = tuple[str, Request]
"""The name of a field in Python, and one of its requests."""


def declared(schema: GraphQLSchema) -> set[Declared]:
    """Of every field of the schema; those that one type has from another are one. Raises for one that says nothing."""
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    found = set()
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                requests = field.extensions[REQUESTS]
                fetches = kind in roots or BATCH in field.extensions
                assert bool(requests) == fetches, f"{kind}.{name}"
                found |= {(name, request) for request in requests}
    return found


def asked_by(schema: GraphQLSchema, text: str, settings: Settings) -> list[Declared]:
    """The requests of a document's fields, as they declare them, in the dialect of the settings."""
    found: list[Declared] = []
    info = TypeInfo(schema)

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            definition = info.get_field_def()
            assert definition is not None
            requests = definition.extensions.get(REQUESTS, ())
            found.extend((node.name.value, request) for request in requests if request.is_made(settings))

    visit(parse(text), TypeInfoVisitor(info, Fields()))
    return found


def pattern(request: Request, settings: Settings) -> re.Pattern[str]:
    """What a line of a log must be."""
    parts = re.split(r"({\w+})", f"{request.upstream} {request.address(settings)}")
    expression = "".join(NAMES.get(part, "[^/]+") if part.startswith("{") else re.escape(part) for part in parts)
    return re.compile(expression)


async def run(found: Direct, given: Run, text: str) -> list[str]:
    operation = get_operation_ast(parse(text))
    if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
        _, _, lines = await found.by_plan(text, given.key)
        return lines
    context = await found.context(given.key)
    events: Any = await subscribe(found.schema, parse(text), context_value=context)  # type: ignore[misc]
    async with asyncio.timeout(10):
        async for _ in events:
            pass
    return found.lines


@pytest.fixture
async def file() -> AsyncIterator[str]:
    async def code(_: web.Request) -> web.Response:
        return web.Response(text=CODE)

    server = SandboxServer("files", [web.get("/code.py", code)])
    await server.start()
    yield f"{server.url}/code.py"
    await server.stop()


async def versions(found: Direct) -> list[str]:
    """Two versions of a new function."""
    code = CODE.replace("\\n", "\n")
    made = []
    for text in (
        'mutation ($code: String!) { createFunction(input: {id: "fresh", name: "F", content: $code}) { versionId } }',
        'mutation ($code: String!) { updateFunction(input: {id: "fresh", content: $code}) { versionId } }',
    ):
        data, errors, _ = await found.by_plan(text, code=code)
        assert errors == []
        made.append(next(iter(data.values()))["versionId"])
        code += "\n# more\n"
    return made


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """With lists of several pages."""
    async with running(tmp_path, rows=130) as sandbox:
        yield sandbox


async def test_upstreams_are_asked_what_the_fields_declare(settings: Settings, sandbox: Sandbox, file: str) -> None:
    settings = replace(settings, links=LINKS)
    most: dict[Declared, int] = defaultdict(int)
    v1 = with_upstream(settings, "prediction", api="v1")
    async with direct(settings, sandbox) as over_v0, direct(v1, sandbox) as over_v1:
        first, second = await versions(over_v0)
        for given in RUNS:
            text = given.document.replace("$V1", first).replace("$V2", second).replace("$FILE", file)
            found, spoken = (over_v0, settings) if given.api == "v0" else (over_v1, v1)
            lines = [line.partition("?")[0] for line in await run(found, given, text)]
            asked = asked_by(found.schema, text, spoken)
            fitting = {line: {each for each in asked if pattern(each[1], spoken).fullmatch(line)} for line in lines}
            assert [line for line, fits in fitting.items() if not fits] == [], text
            for each in asked:
                alone = [line for line in lines if fitting[line] == {each}]
                most[each] = max(most[each], len(alone))
                assert len(alone) <= asked.count(each) or each[1].number != "1", (text, each)
    everything = declared(build_schema()._schema)
    assert len(everything) > 100
    assert [each for each in everything if not most[each]] == []
    assert [each for each in everything if ROWS.search(each[1].number) and most[each] < 2] == []
