"""Running a document by plan and by graphql-core, which is the reference."""

from __future__ import annotations

import json
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, execute, parse, validate

from gateway.execution import Plan, compile_plan
from gateway.settled import settled

Entry = tuple[str, str, str]
"""Message, path and locations of an error; as text, so that they can be sorted."""


async def by_plan(
    schema: GraphQLSchema,
    document: DocumentNode,
    root: Any = None,
    variables: dict[str, Any] | None = None,
    context: Any = None,
) -> ExecutionResult:
    return await executed(compile_plan(schema, document), root, context, variables)


async def executed(
    plan: Plan, root: Any = None, context: Any = None, variables: dict[str, Any] | None = None
) -> ExecutionResult:
    return await settled(plan.execute(root, context, variables))


async def by_reference(
    schema: GraphQLSchema,
    document: DocumentNode,
    root: Any = None,
    variables: dict[str, Any] | None = None,
    context: Any = None,
) -> ExecutionResult:
    result = execute(schema, document, root, context, variables)
    return await settled(result)


async def by_both(
    schema: GraphQLSchema, text: str, root: Any = None, variables: dict[str, Any] | None = None, context: Any = None
) -> dict[str, Any]:
    """The response, which is the same from both, down to the order of keys and errors."""
    document = valid(schema, text)
    planned = await by_plan(schema, document, root, variables, context)
    reference = await by_reference(schema, document, root, variables, context)
    assert json.dumps(planned.data) == json.dumps(reference.data)
    assert entries(planned.errors) == entries(reference.errors)
    response: dict[str, Any] = {"data": planned.data}
    if planned.errors:
        response["errors"] = [(error.message, error.path) for error in planned.errors]
    return response


def valid(schema: GraphQLSchema, text: str) -> DocumentNode:
    document = parse(text)
    assert validate(schema, document) == []
    return document


def entries(errors: list[GraphQLError] | None) -> list[Entry]:
    return [(error.message, str(error.path), str(error.locations)) for error in errors or []]
