"""Valves against their schema: every bad member by its path, no value, no address fetched, no time lost."""

from __future__ import annotations

import time
from datetime import date
from typing import Any, Literal

import pytest
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from gateway.errors import BadInput
from gateway.sandbox.server import SandboxServer
from gateway.upstreams.function_admin.valve_check import check_valves


class Nested(BaseModel):
    number: int


class Valves(BaseModel):
    needed: str = Field(min_length=2)
    level: float | None = Field(default=None, ge=0, lt=2)
    tone: Literal["plain", "formal"] = "plain"
    tags: list[str] = Field(default=[], max_length=2)
    nested: Nested | None = None
    table: dict[str, int] = {}
    code: str = Field(default="", pattern="^a+$")
    unique: set[int] = set()
    even: int = Field(default=0, multiple_of=2)
    either: int | str | None = None
    day: date | None = None
    on: bool = True


SCHEMA = Valves.model_json_schema()


def said(values: dict[str, Any], schema: dict[str, Any] | None = None) -> str:
    with pytest.raises(BadInput) as caught:
        check_valves(values, SCHEMA if schema is None else schema)
    return caught.value.message.removeprefix("The valves are not valid: ")


CASES: list[tuple[dict[str, Any], str]] = [
    ({}, "needed: is required."),
    ({"needed": 7}, "needed: must be a string."),
    ({"needed": "x"}, "needed: must have 2 characters or more."),
    ({"level": 2}, "level: must be less than 2."),
    ({"level": -1}, "level: must be 0 or more."),
    ({"level": "secret"}, "level: must be a number or null."),
    ({"tone": "secret"}, 'tone: must be one of "plain", "formal".'),
    ({"tags": ["a", 1, "secret"]}, "tags.1: must be a string; tags: must have 2 items or fewer."),
    ({"nested": {"number": "secret", "more": 1}}, "nested.number: must be an integer; nested.more: is unknown."),
    ({"nested": {}}, "nested.number: is required."),
    ({"nested": 3}, "nested: must be an object or null."),
    ({"table": {"a": 1, "b": "secret"}}, "table.b: must be an integer."),
    ({"code": "secret"}, "code: must match the pattern ^a+$."),
    ({"even": 3}, "even: must be a multiple of 2."),
    ({"either": ["secret"]}, "either: must be an integer or a string or null."),
    ({"day": "secret"}, "day: must be a valid date."),
    ({"on": "secret", "level": "x"}, "level: must be a number or null; on: must be true or false."),
    ({"unknown": "secret"}, "unknown: is unknown."),
]


@pytest.mark.parametrize(("values", "expected"), CASES)
def test_each_bad_member_is_named_by_its_path_and_without_its_value(values: dict[str, Any], expected: str) -> None:
    message = said(values if expected.startswith("needed") else {"needed": "ok", **values})
    assert message == expected
    assert "secret" not in message


def test_good_values_pass() -> None:
    check_valves(
        {
            "needed": "ok", "level": 1, "tone": "formal", "tags": ["a"], "nested": {"number": 1}, "table": {"a": 1},
            "code": "aa", "unique": [1, 1], "even": 4, "either": "x", "day": "2026-01-31", "on": False,
        },
        SCHEMA,
    )  # fmt: skip


def test_a_class_that_takes_other_members_gets_them() -> None:
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")

    check_valves({"anything": 1}, Open.model_json_schema())


def test_keywords_of_others_say_nothing_of_the_value() -> None:
    schema = {"properties": {"a": {"not": {"type": "string"}}, "b": {"contains": {"type": "integer"}}}}
    assert said({"a": "secret", "b": ["secret"]}, schema) == "a: is not valid; b: is not valid."


def test_at_most_fifty_members_are_named() -> None:
    assert said({"needed": "ok", **{f"unknown{number}": 1 for number in range(1000)}}).count("; ") == 49


async def test_no_reference_makes_the_gateway_fetch_anything() -> None:
    async def schema(_: web.Request) -> web.Response:
        return web.json_response({"type": "integer"})

    server = SandboxServer("schemas", [web.get("/schema", schema)])
    await server.start()
    check_valves({"a": "x"}, {"properties": {"a": {"$ref": server.url + "/schema"}}})
    await server.stop()
    assert server.log.lines == []


@pytest.mark.parametrize(
    "schema",
    [{"type": "nonsense"}, {"properties": 3}, {"properties": {"a": {"minimum": "x"}}}, {"$ref": "#/$defs/none"}],
)
def test_a_schema_that_is_none_is_left_to_the_server(schema: dict[str, Any]) -> None:
    check_valves({"a": 1}, schema)


def test_what_has_no_end_ends() -> None:
    assert said({"a": 1}, {"$ref": "#"}) == "The valves are nested too deeply."
    tree = {"$defs": {"t": {"properties": {"t": {"$ref": "#/$defs/t"}}}}, "$ref": "#/$defs/t"}
    value: dict[str, Any] = {}
    for _ in range(900):
        value = {"t": value}
    assert said(value, tree) == "The valves are nested too deeply."


def test_hostile_patterns_and_long_lists_take_no_time() -> None:
    schema = {
        "properties": {
            "code": {"type": "string", "pattern": "^(a+)+$"},
            "other": {"type": "string", "pattern": "(?<=a)b"},
            "unique": {"type": "array", "uniqueItems": True},
        }
    }
    mixed = [value for number in range(20_000) for value in (number, str(number), {"n": number})]
    started_s = time.thread_time()
    assert said({"code": "a" * 100_000 + "!", "other": "x", "unique": mixed}, schema).startswith("code: ")
    assert time.thread_time() - started_s < 0.5
