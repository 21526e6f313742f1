"""One session with a server of functions, through GraphQL: requests in order, what one made the next ones see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.harness import Gateway

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

CONTENT = '''"""
title: Echo
author: Yusuf
version: 1.0.0
"""

from pydantic import BaseModel, Field


class Filter:
    class Valves(BaseModel):
        api_key: str = Field(default="", json_schema_extra={"input": {"type": "password"}})
        priority: int = Field(default=0, ge=0, le=9, description="Lower runs first")

    class UserValves(BaseModel):
        tone: str = Field(default="plain", max_length=10)

    def __init__(self):
        self.valves = self.Valves()

    def inlet(self, body: dict) -> dict:
        return body
'''
FUNCTION = """
  id name type isActive isGlobal versionId createdAt updatedAt content
  meta { description manifest raw }
  owner { id name role email }
"""


@dataclass(frozen=True)
class Step:
    """A request; ``key`` is the caller's."""

    name: str
    document: str
    input: dict[str, Any] = field(default_factory=dict)
    key: str = "admin"


def mutation(name: str, field_name: str, given: dict[str, Any], selection: str = "", key: str = "admin") -> Step:
    """A mutation whose input type is called as its field."""
    input_type = field_name[0].upper() + field_name[1:] + "Input"
    return Step(name, f"mutation($input: {input_type}!) {{ {field_name}(input: $input) {selection} }}", given, key)


CREATE = {"id": "Echo", "name": "Echo", "content": CONTENT, "description": "Says it again", "meta": {"tags": ["a"]}}
ACTION = "class Action:\n    async def action(self, body: dict) -> dict:\n        return body\n"
SHOWN = "{ valves(input: {reveal: true}) }"
OWN = "{ id isActive userValves }"
DIFFERENCE = "{ created changed unchanged deleted }"
ECHO = {"id": "echo"}


def valves(name: str, values: dict[str, Any], selection: str, mode: str = "MERGE") -> Step:
    return mutation(name, "updateFunctionValves", ECHO | {"values": values, "mode": mode}, selection)


def own_valves(name: str, values: dict[str, Any], key: str = "user") -> Step:
    return mutation(name, "updateUserValves", ECHO | {"values": values}, OWN, key)


def sync(name: str, functions: list[dict[str, Any]], **given: Any) -> Step:
    return mutation(name, "syncFunctions", {"functions": functions, **given}, DIFFERENCE)


STEPS = (
    Step("nothing", "{ functions { id } }"),
    mutation("create", "createFunction", CREATE, f"{{ {FUNCTION} }}"),
    mutation("create it again", "createFunction", CREATE, "{ id }"),
    mutation("create with a bad id", "createFunction", CREATE | {"id": "a b"}, "{ id }"),
    mutation("create without a class", "createFunction", CREATE | {"id": "b", "content": "x = 1"}, "{ id }"),
    Step("list", f"{{ functions {{ {FUNCTION} valves valvesSchema }} }}"),
    Step("get", f'{{ function(input: {{id: "echo"}}) {{ {FUNCTION} valves valvesSchema }} }}'),
    Step("get a missing one", '{ function(input: {id: "no"}) { id } }'),
    mutation("update", "updateFunction", ECHO | {"name": "Echo 2", "description": "Twice"}, f"{{ {FUNCTION} }}"),
    mutation("update to broken code", "updateFunction", ECHO | {"content": "def"}, "{ id }"),
    mutation("update a missing one", "updateFunction", {"id": "no", "name": "No"}, "{ id }"),
    valves("set valves", {"api_key": "sk-secret", "priority": 3}, "{ valves }"),
    Step("valves of all", "{ functions { valves } }"),
    Step("valves with passwords", f'{{ function(input: {{id: "echo"}}) {SHOWN} }}'),
    valves("set bad valves", {"priority": 10, "api_key": 7, "nope": 1}, SHOWN),
    valves("send the mask back", {"api_key": "********"}, SHOWN, "REPLACE"),
    valves("take a valve away", {"api_key": None, "priority": 1}, SHOWN),
    mutation("valves of a missing one", "updateFunctionValves", {"id": "no", "values": {}}, "{ id }"),
    own_valves("user valves while inactive", {"tone": "early"}),
    mutation("toggle", "toggleFunction", ECHO, "{ id isActive }"),
    mutation("set active", "setFunctionActive", ECHO | {"value": True}, "{ id isActive }"),
    mutation("toggle global", "toggleFunctionGlobal", ECHO, "{ id isGlobal }"),
    mutation("set not global", "setFunctionGlobal", ECHO | {"value": False}, "{ id isGlobal }"),
    mutation("set a missing one active", "setFunctionActive", {"id": "no", "value": True}, "{ id }"),
    own_valves("set user valves", {"tone": "kind"}),
    own_valves("set bad user valves", {"tone": "far too long"}),
    Step(
        "seen by a user",
        '{ functions { id name userValves userValvesSchema } function(input: {id: "no"}) { id } }',
        key="user",
    ),
    Step(
        "hidden from a user",
        '{ function(input: {id: "echo"}) { id content valves valvesSchema owner { id } } }',
        key="user",
    ),
    mutation("changed by a user", "toggleFunction", ECHO, "{ id }", key="user"),
    Step("the administrator's own", '{ function(input: {id: "echo"}) { userValves } }'),
    sync("sync, only to see", [{"id": "note", "name": "Note", "content": ACTION}], dryRun=True),
    sync("sync that would delete", [{"id": "note", "name": "Note", "content": ACTION}]),
    sync("sync", [ECHO | {"name": "Echo 3"}, {"id": "note", "name": "Note", "content": ACTION, "isActive": True}]),
    Step(
        "after the sync",
        '{ echo: function(input: {id: "echo"}) { name type isActive valves }'
        '  note: function(input: {id: "note"}) { name type isActive valves } }',
    ),
    sync("sync again", [ECHO, {"id": "note", "content": ACTION}]),
    sync("sync to one", [{"id": "echo"}], allowDelete=True),
    sync("sync to nothing", []),
    mutation("delete", "deleteFunction", ECHO),
    mutation("delete again", "deleteFunction", ECHO),
)


async def empty(gateway: Gateway, admin_key: str) -> None:
    """Delete all functions, those that a stand-in begins with too."""
    document = "mutation { syncFunctions(input: {functions: [], allowDelete: true}) { created } }"
    assert (await gateway.post(document, key=admin_key)).data == {"syncFunctions": {"created": []}}


async def play(gateway: Gateway, keys: Mapping[str, str]) -> dict[str, Any]:
    """The answer to each step by its name: data, and each error as path, code and message; ids and times by type."""
    return {step.name: _comparable(await _answer(gateway, step, keys)) for step in STEPS}


async def _answer(gateway: Gateway, step: Step, keys: Mapping[str, str]) -> dict[str, Any]:
    answer = await gateway.post(step.document, {"input": step.input} if step.input else None, keys[step.key])
    errors = answer.body.get("errors", [])
    assert all("path" in error for error in errors), errors
    said = [[error["path"], error["extensions"]["code"], error["message"]] for error in errors]
    return {"data": answer.body["data"], "errors": said}


def _comparable(value: Any) -> Any:
    match value:
        case dict():
            return {key: _comparable(member) for key, member in value.items()}
        case list():
            return [_comparable(member) for member in value]
        case str() if UUID.fullmatch(value):
            return "<uuid>"
        case str() if TIME.fullmatch(value):
            return "<time>"
    return value


def differences(expected: Any, answered: Any, where: str = "") -> Iterator[str]:
    """Where an answer is not the expected one, key by key."""
    match expected, answered:
        case dict(), dict() if expected.keys() == answered.keys():
            for key, value in expected.items():
                yield from differences(value, answered[key], f"{where}.{key}")
        case list(), list() if len(expected) == len(answered):
            for index, value in enumerate(expected):
                yield from differences(value, answered[index], f"{where}[{index}]")
        case _ if type(expected) is not type(answered) or expected != answered:
            yield f"{where}: {expected!r} is expected, {answered!r} came"
