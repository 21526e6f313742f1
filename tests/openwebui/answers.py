"""What each step of the script must be answered, exactly; what 0.8 answers otherwise is beside it."""

from __future__ import annotations

from typing import Any

from tests.openwebui.script import CONTENT

SCHEMA = {
    "title": "Valves",
    "type": "object",
    "properties": {
        "api_key": {"title": "Api Key", "type": "string", "default": "", "input": {"type": "password"}},
        "priority": {
            "title": "Priority",
            "type": "integer",
            "default": 0,
            "minimum": 0,
            "maximum": 9,
            "description": "Lower runs first",
        },
    },
}
USER_SCHEMA = {
    "title": "UserValves",
    "type": "object",
    "properties": {"tone": {"title": "Tone", "type": "string", "default": "plain", "maxLength": 10}},
}
FOR_ADMINISTRATORS = ("content", "valves", "valvesSchema", "owner")
MASK = "********"
MANIFEST = {"title": "Echo", "author": "Yusuf", "version": "1.0.0"}
CREATED = {
    "id": "echo",
    "name": "Echo",
    "type": "FILTER",
    "isActive": False,
    "isGlobal": False,
    "versionId": "<uuid>",
    "createdAt": "<time>",
    "updatedAt": "<time>",
    "content": CONTENT,
    "meta": {
        "description": "Says it again",
        "manifest": MANIFEST,
        "raw": {"description": "Says it again", "manifest": MANIFEST, "tags": ["a"], "toggle": False},
    },
    "owner": {"id": "<uuid>", "name": "Yusuf", "role": "admin", "email": "yusuf@example.com"},
}
UPDATED = CREATED | {
    "name": "Echo 2",
    "meta": {
        "description": "Twice",
        "manifest": MANIFEST,
        "raw": {"description": "Twice", "manifest": MANIFEST, "tags": ["a"], "toggle": False},
    },
}
WHOLE = CREATED | {"valves": {}, "valvesSchema": SCHEMA}


def data(**fields: Any) -> dict[str, Any]:
    return {"data": fields, "errors": []}


def error(field: str, code: str, message: str) -> dict[str, Any]:
    return {"data": {field: None}, "errors": [[[field], code, message]]}


def difference(**ids: list[str]) -> dict[str, Any]:
    return data(syncFunctions={"created": [], "changed": [], "unchanged": [], "deleted": []} | ids)


ANSWERS: dict[str, dict[str, Any]] = {
    "nothing": data(functions=[]),
    "create": data(createFunction=CREATED),
    "create it again": error(
        "createFunction", "CONFLICT", "Uh-oh! This id is already registered. Please choose another id string."
    ),
    "create with a bad id": error(
        "createFunction", "BAD_INPUT", "Only alphanumeric characters and underscores are allowed in the id"
    ),
    "create without a class": error("createFunction", "BAD_INPUT", "[ERROR: Error creating function]"),
    "list": data(functions=[WHOLE]),
    "get": data(function=WHOLE),
    "get a missing one": data(function=None),
    "update": data(updateFunction=UPDATED),
    "update to broken code": error("updateFunction", "BAD_INPUT", "invalid syntax (<string>, line 1)"),
    "update a missing one": error("updateFunction", "NOT_FOUND", "There is no function 'no'."),
    "set valves": data(updateFunctionValves={"valves": {"api_key": MASK, "priority": 3}}),
    "valves of all": data(functions=[{"valves": {"api_key": MASK, "priority": 3}}]),
    "valves with passwords": data(function={"valves": {"api_key": "sk-secret", "priority": 3}}),
    "set bad valves": error(
        "updateFunctionValves",
        "BAD_INPUT",
        "The valves are not valid: api_key: must be a string; priority: must be 9 or less; nope: is unknown.",
    ),
    "send the mask back": data(updateFunctionValves={"valves": {"api_key": "sk-secret"}}),
    "take a valve away": data(updateFunctionValves={"valves": {"priority": 1}}),
    "valves of a missing one": error(
        "updateFunctionValves", "NOT_FOUND", "We could not find what you're looking for :/"
    ),
    "user valves while inactive": error("updateUserValves", "CONFLICT", "Function is not active"),
    "toggle": data(toggleFunction={"id": "echo", "isActive": True}),
    "set active": data(setFunctionActive={"id": "echo", "isActive": True}),
    "toggle global": data(toggleFunctionGlobal={"id": "echo", "isGlobal": True}),
    "set not global": data(setFunctionGlobal={"id": "echo", "isGlobal": False}),
    "set a missing one active": error("setFunctionActive", "NOT_FOUND", "There is no function 'no'."),
    "set user valves": data(updateUserValves={"id": "echo", "isActive": True, "userValves": {"tone": "kind"}}),
    "set bad user valves": error(
        "updateUserValves", "BAD_INPUT", "The valves are not valid: tone: must have 10 characters or fewer."
    ),
    "seen by a user": data(
        functions=[{"id": "echo", "name": "Echo 2", "userValves": {"tone": "kind"}, "userValvesSchema": USER_SCHEMA}],
        function=None,
    ),
    "hidden from a user": {
        "data": {"function": {"id": "echo"} | dict.fromkeys(FOR_ADMINISTRATORS)},
        "errors": [[["function", field], "FORBIDDEN", "This needs the role ADMIN."] for field in FOR_ADMINISTRATORS],
    },
    "changed by a user": error("toggleFunction", "FORBIDDEN", "This needs the role ADMIN."),
    "the administrator's own": data(function={"userValves": {}}),
    "sync, only to see": difference(created=["note"], deleted=["echo"]),
    "sync that would delete": error(
        "syncFunctions", "BAD_INPUT", "This would delete echo: set `allowDelete` to do so."
    ),
    "sync": difference(created=["note"], changed=["echo"]),
    "after the sync": data(
        echo={"name": "Echo 3", "type": "FILTER", "isActive": True, "valves": {"priority": 1}},
        note={"name": "Note", "type": "ACTION", "isActive": True, "valves": {}},
    ),
    "sync again": difference(unchanged=["echo", "note"]),
    "sync to one": difference(unchanged=["echo"], deleted=["note"]),
    "sync to nothing": error("syncFunctions", "BAD_INPUT", "This would delete echo: set `allowDelete` to do so."),
    "delete": data(deleteFunction=True),
    "delete again": error("deleteFunction", "NOT_FOUND", "There is no function 'echo'."),
}
OF_0_8: dict[str, dict[str, Any]] = {
    "create without a class": error("createFunction", "BAD_INPUT", "[ERROR: No Function class found in the module]"),
    "update to broken code": error("updateFunction", "BAD_INPUT", "[ERROR: invalid syntax (<string>, line 1)]"),
    "user valves while inactive": data(
        updateUserValves={"id": "echo", "isActive": False, "userValves": {"tone": "early"}}
    ),
}


def answers_of(version: str) -> dict[str, Any]:
    """The answers that a server of this version must give."""
    if not version.startswith("0.8."):
        return ANSWERS
    answers: dict[str, Any] = _before_0_12(ANSWERS | OF_0_8)
    return answers


def _before_0_12(value: Any) -> Any:
    """There were no versions, and the server added no ``toggle`` to a ``meta`` without a switch."""
    match value:
        case dict():
            kept = {key: _before_0_12(member) for key, member in value.items() if (key, member) != ("toggle", False)}
            return kept | ({"versionId": None} if "versionId" in kept else {})
        case list():
            return [_before_0_12(member) for member in value]
    return value
