"""How long a plan of a long document takes to compile.

python -m benchmarks.scale.compiling     prints CPU milliseconds and tokens, as JSON
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    Lexer,
    Source,
    TokenKind,
    get_named_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
    parse,
    validate,
)

from gateway.execution import compile_plan
from schema import build_schema

TOKENS = 2_000
RUNS = 7
MAX_DEPTH = 6


def main() -> None:
    schema = build_schema()._schema
    text = long_document(schema, TOKENS)
    document = parse(text)
    assert not validate(schema, document)
    spent_ms = []
    for _ in range(RUNS):
        started_s = time.process_time()
        compile_plan(schema, document)
        spent_ms.append((time.process_time() - started_s) * 1000)
    print(json.dumps({"tokens": tokens_in(text), "first_ms": spent_ms[0], "best_ms": min(spent_ms)}))


def long_document(schema: GraphQLSchema, tokens: int) -> str:
    """A valid query of the schema's own fields with about so many tokens: all that need no argument, by aliases."""
    assert schema.query_type is not None
    fields: list[str] = []
    while tokens_in(" ".join(fields)) < tokens - 2:
        for selection in _selections(schema.query_type, MAX_DEPTH):
            left = tokens - 2 - tokens_in(" ".join(fields))
            field = f"f{len(fields)}: {selection}"
            if tokens_in(field) <= left:
                fields.append(field)
        if tokens - tokens_in(" ".join(fields)) < TOKENS // 20:
            break
    return "{ " + " ".join(fields) + " }"


def tokens_in(text: str) -> int:
    lexer, count = Lexer(Source(text or " ")), 0
    while lexer.advance().kind is not TokenKind.EOF:
        count += 1
    return count


def _selections(parent: GraphQLObjectType, depth: int) -> Iterator[str]:
    for name, field in parent.fields.items():
        if not any(is_required_argument(argument) for argument in field.args.values()):
            selection = _selection(name, field, depth)
            if selection is not None:
                yield selection


def _selection(name: str, field: GraphQLField, depth: int) -> str | None:
    kind = get_named_type(field.type)
    if is_leaf_type(kind):
        return name
    if not is_object_type(kind) or depth == 0:
        return None
    below = " ".join(_selections(kind, depth - 1))
    return f"{name} {{ {below} }}" if below else None


if __name__ == "__main__":
    main()
