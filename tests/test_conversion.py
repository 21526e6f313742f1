"""Arguments become what Strawberry makes of them."""

from __future__ import annotations

import enum
from typing import Any

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import convert_arguments

from schema.conversion import Conversion
from schema.scalars import JSON, SCALARS


@strawberry.enum
class Size(enum.Enum):
    SMALL = "small"


@strawberry.input
class Inner:
    name: str = "default"
    also: Inner | None = None
    value: JSON | None = None


@strawberry.input
class Outer:
    first_name: str | None
    inner: Inner
    many: list[Inner | None] | None = None
    texts: list[str] = strawberry.field(default_factory=list)
    size: Size | None = Size.SMALL
    renamed: int | None = strawberry.field(name="other", default=None)
    maybe: strawberry.Maybe[str | None]
    unset: int | None = strawberry.UNSET


@strawberry.type
class Query:
    @strawberry.field
    def x(self, outer: Outer, many_inner: list[list[Inner]] | None = None, count: int = 5) -> str:
        return f"{outer} {many_inner} {count}"


SCHEMA = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))
GIVEN: list[dict[str, Any]] = [
    {},
    {"outer": {"inner": {}}},
    {"outer": {"inner": {"also": {"also": None, "name": "a"}, "value": {"k": [1]}}, "maybe": None}, "count": 1},
    {"outer": {"firstName": "f", "inner": {}, "many": [{}, None], "texts": ["a"], "other": 3, "maybe": "m"}},
    {"outer": {"inner": {}, "size": None, "many": None, "unset": 1}, "manyInner": [[{"name": "n"}], []]},
    {"outer": {"inner": {}, "size": Size.SMALL}, "manyInner": None},
]


@pytest.mark.parametrize("given", GIVEN, ids=str)
def test_arguments_become_what_strawberry_makes_of_them(given: dict[str, Any]) -> None:
    converter = SCHEMA.schema_converter
    field = next(iter(Query.__strawberry_definition__.fields))  # type: ignore[attr-defined]
    converted = Conversion(converter).of(field.arguments)(given)
    assert converted == convert_arguments(given, field.arguments, converter.scalar_registry, converter.config)


def test_lists_are_copied() -> None:
    field = next(iter(Query.__strawberry_definition__.fields))  # type: ignore[attr-defined]
    texts = ["a"]
    converted = Conversion(SCHEMA.schema_converter).of(field.arguments)({"outer": {"inner": {}, "texts": texts}})
    converted["outer"].texts.append("b")
    assert texts == ["a"]
