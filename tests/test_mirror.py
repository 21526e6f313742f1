"""Our schema is a superset of the vendor's ``/graph``: whatever was valid there is valid here, and answers no less."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLType,
    build_schema,
    is_required_argument,
    is_required_input_field,
    parse,
    validate,
)

from schema import build_schema as build

REFERENCE = build_schema((Path(__file__).parent / "reference.graphql").read_text())
OURS = build_schema(build().as_str())
NAMES = [name for name in REFERENCE.type_map if not name.startswith("__")]

Composite = GraphQLObjectType | GraphQLInterfaceType


def composites() -> Iterator[tuple[Composite, Composite]]:
    """Objects and interfaces of the reference, each with ours of the same name."""
    for name in NAMES:
        theirs, ours = REFERENCE.type_map[name], OURS.type_map[name]
        if isinstance(theirs, Composite):
            assert isinstance(ours, Composite)
            yield theirs, ours


def fields() -> Iterator[tuple[str, GraphQLField, GraphQLField]]:
    for theirs, ours in composites():
        for name, field in theirs.fields.items():
            yield f"{theirs.name}.{name}", field, ours.fields[name]


def gives_at_least(ours: GraphQLType, theirs: GraphQLType) -> bool:
    """Whether an output of type ``ours`` fits wherever ``theirs`` is expected."""
    if isinstance(ours, GraphQLNonNull):
        return gives_at_least(ours.of_type, theirs.of_type if isinstance(theirs, GraphQLNonNull) else theirs)
    if isinstance(ours, GraphQLList) and isinstance(theirs, GraphQLList):
        return gives_at_least(ours.of_type, theirs.of_type)
    return str(ours) == str(theirs)


def takes_at_least(ours: GraphQLType, theirs: GraphQLType) -> bool:
    """Whether an input of type ``ours`` takes whatever fits ``theirs``."""
    return gives_at_least(theirs, ours)


@pytest.mark.parametrize("name", NAMES)
def test_every_type_is_there_and_of_the_same_kind(name: str) -> None:
    assert type(OURS.type_map[name]) is type(REFERENCE.type_map[name])


def test_every_field_is_there() -> None:
    missing = [f"{a.name}.{name}" for a, b in composites() for name in a.fields if name not in b.fields]
    assert missing == []


def test_every_field_gives_the_same_type_or_a_stricter_one() -> None:
    seen = [(where, gives_at_least(ours.type, theirs.type)) for where, theirs, ours in fields()]
    assert len(seen) > 100
    assert [where for where, fits in seen if not fits] == []


def test_every_argument_is_there_and_no_stricter_and_no_new_one_is_required() -> None:
    seen, wrong = 0, []
    for where, theirs, ours in fields():
        for name, argument in theirs.args.items():
            seen += 1
            if name not in ours.args or not takes_at_least(ours.args[name].type, argument.type):
                wrong.append(f"{where}({name})")
        wrong += [
            f"{where}({name})" for name in set(ours.args) - set(theirs.args) if is_required_argument(ours.args[name])
        ]
    assert seen > 10
    assert wrong == []


def test_every_input_member_is_there_and_no_stricter_and_no_new_one_is_required() -> None:
    seen, wrong = 0, []
    for name in NAMES:
        theirs, ours = REFERENCE.type_map[name], OURS.type_map[name]
        if isinstance(theirs, GraphQLInputObjectType) and isinstance(ours, GraphQLInputObjectType):
            for member, field in theirs.fields.items():
                seen += 1
                if member not in ours.fields or not takes_at_least(ours.fields[member].type, field.type):
                    wrong.append(f"{name}.{member}")
            new = set(ours.fields) - set(theirs.fields)
            wrong += [f"{name}.{member}" for member in new if is_required_input_field(ours.fields[member])]
    assert seen > 50
    assert wrong == []


def test_every_enumeration_value_is_there() -> None:
    seen = 0
    for name in NAMES:
        theirs, ours = REFERENCE.type_map[name], OURS.type_map[name]
        if isinstance(theirs, GraphQLEnumType) and isinstance(ours, GraphQLEnumType):
            seen += len(theirs.values)
            assert set(theirs.values) <= set(ours.values)
    assert seen > 10


def test_every_interface_is_implemented() -> None:
    pairs = [(str(theirs), str(face)) for theirs, _ in composites() for face in theirs.interfaces]
    assert len(pairs) == 4
    for theirs, ours in composites():
        assert {str(face) for face in theirs.interfaces} <= {str(face) for face in ours.interfaces}


def test_retired_names_are_kept_and_deprecated() -> None:
    retired = [where for where, theirs, _ in fields() if theirs.deprecation_reason]
    assert len(retired) == 8
    assert [
        where for where, theirs, ours in fields() if theirs.deprecation_reason and not ours.deprecation_reason
    ] == []


def test_scalars_are_scalars_of_the_same_name() -> None:
    custom = {name for name in NAMES if isinstance(REFERENCE.type_map[name], GraphQLScalarType)}
    assert custom >= {"DateTime", "URL", "JSON", "JSONObject", "Tag", "Client", "Dtype"}


@pytest.mark.parametrize("kind", ["PredictorsInput", "PredictorsInput!"])
@pytest.mark.parametrize("schema", [REFERENCE, OURS], ids=["reference", "ours"])
def test_searches_validate_with_a_nullable_and_a_required_variable(schema: GraphQLSchema, kind: str) -> None:
    assert validate(schema, parse(f"query ($input: {kind}) {{ predictors (input: $input) {{ tag }} }}")) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "fits"),
    [
        ("Int!", "Int", True), ("Int", "Int!", False), ("[Int!]!", "[Int]", True), ("[Int]", "[Int!]", False),
        ("[Int]", "Int", False), ("Int", "Float", False), ("[Int!]", "[Int!]", True), ("Int", "[Int]", False),
    ],
)  # fmt: skip
def test_the_comparison_knows_stricter_from_laxer(ours: str, theirs: str, fits: bool) -> None:
    def kind(text: str) -> GraphQLType:
        query = build_schema(f"type Query {{ field: {text} }}").query_type
        assert query is not None
        found: GraphQLType = query.fields["field"].type
        return found

    assert gives_at_least(kind(ours), kind(theirs)) is fits
