"""Rules that run: imports, the schema's snapshot, descriptions, nullability. Each fails if it looked at nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLNonNull, GraphQLSchema, build_schema, is_input_object_type, is_object_type

from gateway import errors
from gateway.http.errors import PARSE_FAILED, VALIDATION_FAILED
from schema import build_schema as build

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def built() -> GraphQLSchema:
    return build_schema(build().as_str())


def own_types(schema: GraphQLSchema) -> list[str]:
    return [name for name in schema.type_map if not name.startswith("__")]


def test_imports_run_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert "Contracts: 5 kept, 0 broken." in run.stdout


def test_the_schema_file_is_what_is_printed() -> None:
    assert (ROOT / "schema.graphql").read_text() == build().as_str() + "\n", "run `make schema`"


def test_everything_has_a_description(built: GraphQLSchema) -> None:
    missing, seen = [], 0
    standard = {"Int", "Float", "String", "Boolean", "ID"}
    for name in set(own_types(built)) - standard:
        kind = built.type_map[name]
        parts = {name: kind.description}
        if isinstance(kind, GraphQLEnumType):
            parts |= {f"{name}.{value}": member.description for value, member in kind.values.items()}
        elif hasattr(kind, "fields"):
            parts |= {f"{name}.{field}": member.description for field, member in kind.fields.items()}
        if is_object_type(kind):
            for field, member in kind.fields.items():
                parts |= {f"{name}.{field}({given}:)": value.description for given, value in member.args.items()}
        seen += len(parts)
        missing += [part for part, description in parts.items() if not description]
    assert seen > 200
    assert missing == []


def test_fields_that_cross_to_an_upstream_are_nullable(built: GraphQLSchema) -> None:
    crossing = {
        "Query": None,
        "Mutation": None,
        "User": {"predictors"},
        "Organization": {"predictors"},
        "Deployment": {"endpoints", "invokeUrl", "auth", "error", "stderr", "info", "inferenceKey", "inferenceKeys"},
        "Function": {"content", "valves", "valvesSchema", "userValves", "userValvesSchema", "owner", "history"},
        "FunctionVersion": {"snapshot"},
        "TrainedFunction": {"labels", "fields", "samples"},
    }
    for name, fields in crossing.items():
        kind = built.type_map[name]
        assert is_object_type(kind)
        for field in fields or kind.fields:
            assert not isinstance(kind.fields[field].type, GraphQLNonNull), f"{name}.{field}"


def test_each_field_takes_at_most_one_argument_named_input(built: GraphQLSchema) -> None:
    seen = 0
    for name in own_types(built):
        kind = built.type_map[name]
        if is_object_type(kind):
            for field in kind.fields.values():
                seen += len(field.args)
                assert set(field.args) <= {"input"}
                assert all(is_input_object_type(_named(argument.type)) for argument in field.args.values())
    assert seen > 10


def _named(kind: object) -> object:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def test_every_code_is_documented() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    codes = [kind.code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "code")]
    assert len(codes) == 10
    assert [code for code in [*codes, PARSE_FAILED, VALIDATION_FAILED] if f"`{code}`" not in page] == []


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    files = [file for folder in ("gateway", "schema", "resolvers", "tests") for file in (ROOT / folder).rglob("*.py")]
    assert len(files) > 40
    assert [file.name for file in files if len(file.read_text().splitlines()) > 400] == []
