"""A valve is shown only if its field is written out so plainly that it is surely no password."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel, Field

from gateway.sandbox.function_admin.seed_sources import LOG_EVENT, MY_FUNCTION, NOTE_ACTION, WORD_FILTER
from gateway.upstreams.function_admin.masking import MASK, masked, masked_schema, plain_by_schema
from gateway.upstreams.function_admin.plain_valves import MAX_SOURCE_CHARS, PlainValves

IMPORTS = "import os\nfrom typing import Literal, Optional\nfrom pydantic import BaseModel, Field\n"


def source(*fields: str, before: str = "", after: str = "", base: str = "BaseModel") -> str:
    body = "".join(f"        {field}\n" for field in fields)
    return f"{IMPORTS}{before}\nclass Pipe:\n    class Valves({base}):\n{body}\n{after}"


def plain(text: str) -> list[str]:
    return sorted(PlainValves().of(text))


PASSWORD = 'json_schema_extra={"input": {"type": "password"}}'
SHOWN = [
    "x: int",
    "x: str = 'a'",
    'x: Optional[str] = Field(default=None, description="d")',
    "x: Literal['a', 'b'] = 'a'",
    "x: list[dict[str, int]] | None = None",
    'x: str = os.getenv("X", "y")',
    'x: str = Field(default=os.environ.get("X"), min_length=1)',
    'x: str = Field("a", json_schema_extra={"input": {"type": "select", "options": "f"}})',
]
HIDDEN = [
    f"x: str = Field(default='', {PASSWORD})",
    f"x: int = Field(default=0, {PASSWORD})",
    'x: str = Field(json_schema_extra={"format": "password"})',
    'x: str = Field(json_schema_extra={"writeOnly": True})',
    "x: str = Field(json_schema_extra=EXTRA)",
    "x: str = Field(**OPTIONS)",
    'x: str = Field(input={"type": "password"})',
    "x: SecretStr = ''",
    "x: Annotated[str, Field()] = ''",
    "x: 'str' = ''",
    "x: Nested = None",
    "x: str = password()",
    "x: str = PASSWORD",
    "x: str = Field() or PASSWORD",
    "x: str = [PASSWORD]",
]
UNCLEAR = {
    "another base": source("x: int", base="Base"),
    "a keyword for the class": source("x: int", base="BaseModel, extra='allow'"),
    "a configuration": source("model_config = {}", "x: int"),
    "a configuration of old": source("x: int", "class Config:", "    json_schema_extra = {}"),
    "Field is a helper": source("x: int = Field()", before="def Field(*a, **k): ..."),
    "Field of another package": source("x: int = Field()", before="from mine import Field"),
    "str is something else": source("x: str", before="str = object"),
    "everything of a package": source("x: int", before="from mine import *"),
    "changed afterwards": source("x: int", after="setattr(Pipe, 'Valves', None)"),
    "assigned afterwards": source("x: int", after="Pipe.Valves = None"),
    "fields changed afterwards": source("x: int", after="Pipe.Valves.model_fields['x'] = None"),
    "two classes of the name": source("x: int", after="class Filter:\n    class Valves(BaseModel):\n        y: int"),
    "another class is looked for first": source("x: int", after="").replace("class Pipe", "class Action")
    + "from mine import Filter\n",
    "a decorator": source("x: int").replace("class Pipe", "@mine\nclass Pipe"),
    "a schema of its own": source("x: int", "def __get_pydantic_json_schema__(cls, s, h): ..."),
    "not Python": "class Pipe:\n    class Valves(BaseModel)\n",
    "a null byte": source("x: int") + "\0",
    "too long": source("x: int") + "#" * MAX_SOURCE_CHARS,
    "too deep": source("x: int", after="y = " + "(" * 5000),
    "empty": "",
}


@pytest.mark.parametrize("field", SHOWN)
def test_plain_fields_are_shown(field: str) -> None:
    assert plain(source(field, "y: SecretStr")) == ["x"]


@pytest.mark.parametrize("field", HIDDEN)
def test_marked_and_doubtful_fields_are_masked_and_the_others_are_not(field: str) -> None:
    assert plain(source(field, "y: int = 1")) == ["y"]


@pytest.mark.parametrize("text", UNCLEAR.values(), ids=UNCLEAR)
def test_a_source_that_is_not_clear_shows_nothing(text: str) -> None:
    assert plain(text) == []


def test_the_seeded_functions_show_all_but_the_password() -> None:
    assert plain(MY_FUNCTION) == ["max_length", "model", "tags", "temperature"]
    assert plain(WORD_FILTER) == ["priority", "words"]
    assert plain(LOG_EVENT) == ["level", "sample_rate"]
    assert plain(NOTE_ACTION) == []


def test_a_source_is_read_once() -> None:
    known = PlainValves()
    text = source("x: int", after="\n".join(f"y{number} = {number}" for number in range(15_000)))
    names = known.of(text)
    assert names == {"x"}
    assert known.of(text) is names


def test_what_is_masked_is_masked_whatever_its_type() -> None:
    values: dict[str, Any] = {"a": "s", "b": 1, "c": ["s"], "d": {"k": "s"}, "e": None}
    assert masked(values, frozenset({"b"})) == {"a": MASK, "b": 1, "c": MASK, "d": MASK, "e": MASK}
    assert "s" not in json.dumps(list(masked(values, frozenset()).values())[2:])


def test_a_schema_is_shown_without_the_defaults_of_passwords() -> None:
    class Nested(BaseModel):
        key: str = Field(default="canary", json_schema_extra={"input": {"type": "password"}})

    class Valves(BaseModel):
        key: str = Field(default="canary", json_schema_extra={"input": {"type": "password"}})
        empty: str = Field(default="", json_schema_extra={"input": {"type": "password"}})
        word: str = "shown"
        nested: list[Nested] = []

    schema = masked_schema(Valves.model_json_schema())
    assert {name: member.get("default") for name, member in schema["properties"].items()} == {
        "key": MASK,
        "empty": "",
        "word": "shown",
        "nested": [],
    }
    assert "canary" not in json.dumps(schema)


def test_by_its_schema_a_valve_is_plain_unless_something_in_it_is_a_password_or_elsewhere() -> None:
    class Nested(BaseModel):
        key: str = ""

    class Valves(BaseModel):
        word: str = ""
        words: list[str] | None = None
        key: str | None = Field(default=None, json_schema_extra={"input": {"type": "password"}})
        keys: list[Nested] = []
        table: dict[str, int] = {}

    schema = Valves.model_json_schema()
    assert sorted(plain_by_schema(schema)) == ["table", "word", "words"]
    assert plain_by_schema(None) == plain_by_schema({"properties": 3}) == frozenset()
