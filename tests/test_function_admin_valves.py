"""Valves: merged or replaced, checked before they are sent, passwords masked on the way out and kept on the way in."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from gateway.sandbox.faults import Fault
from tests.harness import Answer, Gateway

ID = "/api/v1/functions/id/my_function"
SECRET = "sk-canary-valve"
MASK = "********"
UPDATE = """mutation ($input: UpdateFunctionValvesInput!) {
  updateFunctionValves(input: $input) { id valves shown: valves(input: {reveal: true}) } }"""
UPDATE_OWN = """mutation ($input: UpdateUserValvesInput!) { updateUserValves(input: $input) { id userValves } }"""


async def update(gateway: Gateway, values: dict[str, Any], mode: str = "MERGE", name: str = "my_function") -> Answer:
    return await gateway.post(UPDATE, {"input": {"id": name, "values": values, "mode": mode}})


async def stored(gateway: Gateway, values: dict[str, Any], mode: str = "MERGE") -> Any:
    """What is stored after an update."""
    return (await update(gateway, values, mode)).data["updateFunctionValves"]["shown"]


async def test_a_merge_reads_checks_writes_and_reads_the_function(gateway: Gateway) -> None:
    await update(gateway, {"model": "small", "max_length": 10}, "REPLACE")
    gateway.sandbox.function_admin.log.clear()
    answer = await update(gateway, {"max_length": 20})
    assert answer.data["updateFunctionValves"]["shown"] == {"model": "small", "max_length": 20}
    assert sorted(gateway.sandbox.function_admin.log.lines[:2]) == [f"GET {ID}/valves", f"GET {ID}/valves/spec"]
    assert gateway.sandbox.function_admin.log.lines[2:] == [f"POST {ID}/valves/update", f"GET {ID}"]
    assert json.loads(gateway.sandbox.function_admin.log.requests[2].body) == {"model": "small", "max_length": 20}


async def test_merge_is_the_default_and_null_takes_a_valve_away(gateway: Gateway) -> None:
    await update(gateway, {"model": "small", "max_length": 10}, "REPLACE")
    assert await stored(gateway, {"max_length": None, "tags": ["a"]}) == {"model": "small", "tags": ["a"]}


async def test_a_replacement_takes_all_others_away(gateway: Gateway) -> None:
    await update(gateway, {"model": "small", "max_length": 10}, "REPLACE")
    assert await stored(gateway, {"tags": ["a"], "model": None}, "REPLACE") == {"tags": ["a"]}


@pytest.mark.parametrize("mode", ["MERGE", "REPLACE"])
async def test_a_mask_sent_back_changes_nothing(gateway: Gateway, mode: str) -> None:
    await update(gateway, {"api_key": SECRET, "max_length": 10}, "REPLACE")
    shown = (await gateway.post('{ function(input: {id: "my_function"}) { valves } }')).data["function"]["valves"]
    assert shown == {"api_key": MASK, "max_length": 10}
    assert await stored(gateway, shown, mode) == {"api_key": SECRET, "max_length": 10}


async def test_a_mask_for_what_is_not_set_sets_nothing(gateway: Gateway) -> None:
    await update(gateway, {}, "REPLACE")
    assert await stored(gateway, {"api_key": MASK, "max_length": 10}) == {"max_length": 10}


async def test_every_bad_member_is_named_in_one_error_and_nothing_is_written(gateway: Gateway) -> None:
    bad = {"max_length": 0, "tags": ["a", 7], "api_key": {"k": SECRET}, "temperature": "warm", "nope": SECRET}
    answer = await update(gateway, bad)
    [error] = answer.body["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"] == (
        "The valves are not valid: api_key: must be a string; max_length: must be 1 or more; "
        "temperature: must be a number or null; tags.1: must be a string; nope: is unknown."
    )
    assert not [line for line in gateway.sandbox.function_admin.log.lines if line.startswith("POST")]


async def test_a_function_without_valves_has_none_to_set(gateway: Gateway) -> None:
    answer = await update(gateway, {"a": 1}, name="note_action")
    assert answer.body["errors"][0]["message"] == "The function 'note_action' has no valves."
    assert answer.errors == [("updateFunctionValves", "NOT_FOUND", "function_admin")]


async def test_merges_of_thirty_callers_lose_nothing(gateway: Gateway) -> None:
    fields = "".join(f"        v{number}: int = 0\n" for number in range(30))
    content = f"from pydantic import BaseModel\n\n\nclass Pipe:\n    class Valves(BaseModel):\n{fields}"
    create = "mutation ($input: CreateFunctionInput!) { createFunction(input: $input) { id } }"
    await gateway.post(create, {"input": {"id": "many", "name": "Many", "content": content}})
    await asyncio.gather(*(update(gateway, {f"v{number}": number}, name="many") for number in range(30)))
    answer = await gateway.post('{ function(input: {id: "many"}) { valves } }')
    assert answer.data["function"]["valves"] == {f"v{number}": number for number in range(30)}


async def test_passwords_of_many_functions_are_masked_without_asking_for_their_schemas(gateway: Gateway) -> None:
    await update(gateway, {"api_key": SECRET})
    gateway.sandbox.function_admin.log.clear()
    answer = await gateway.post("{ functions(input: {count: 50}) { id valves } }")
    assert {f["id"]: f["valves"] for f in answer.data["functions"]}["my_function"]["api_key"] == MASK
    assert SECRET not in json.dumps(answer.body)
    assert gateway.counts == {"function_admin": 2}


async def test_an_administrator_may_have_them_shown(gateway: Gateway) -> None:
    await update(gateway, {"api_key": SECRET})
    gateway.sandbox.function_admin.log.clear()
    document = '{ functions(input: {query: "my_function"}) { valves(input: {reveal: true}) } }'
    answer = await gateway.post(document)
    assert answer.data["functions"][0]["valves"]["api_key"] == SECRET
    assert gateway.sandbox.function_admin.log.lines == ["GET /api/v1/functions/list", f"GET {ID}/valves"]


async def test_a_secret_is_in_nothing_that_a_user_is_told_and_in_no_log(
    gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    await update(gateway, {"api_key": SECRET})
    for document in (
        '{ function(input: {id: "my_function"}) { valves shown: valves(input: {reveal: true}) userValves } }',
        "{ functions { id valves userValves } }",
        'mutation { updateFunctionValves(input: {id: "my_function", values: {}}) { valves } }',
        '{ search(input: {query: "my_function"}) { name description item { ... on Function { valves } } } }',
    ):
        answer = await gateway.post(document, key="user")
        assert SECRET not in json.dumps(answer.body)
    gateway.sandbox.function_admin.faults.set(
        Fault("status", match="valves", status=400, body={"detail": f"[ERROR: bad [type=x, input_value='{SECRET}']"})
    )
    refused = await update(gateway, {"api_key": SECRET})
    assert SECRET not in json.dumps(refused.body)
    assert SECRET not in "".join(capsys.readouterr())


async def own(gateway: Gateway, values: dict[str, Any], mode: str = "MERGE", key: str = "user") -> Answer:
    return await gateway.post(UPDATE_OWN, {"input": {"id": "my_function", "values": values, "mode": mode}}, key)


async def test_user_valves_are_the_callers_own(gateway: Gateway) -> None:
    await own(gateway, {"tone": "formal"})
    await own(gateway, {"language": "de"})
    await own(gateway, {"tone": "plain"}, key="admin")
    document = '{ function(input: {id: "my_function"}) { userValves } }'
    assert (await gateway.post(document, key="user")).data["function"]["userValves"] == {
        "tone": "formal",
        "language": "de",
    }
    assert (await gateway.post(document)).data["function"]["userValves"] == {"tone": "plain"}


async def test_user_valves_are_checked_too(gateway: Gateway) -> None:
    answer = await own(gateway, {"tone": "rude", "language": "x"})
    assert answer.body["errors"][0]["message"] == (
        'The valves are not valid: tone: must be one of "plain", "formal"; language: must have 2 characters or more.'
    )
    assert answer.errors == [("updateUserValves", "BAD_INPUT", None)]


async def test_user_valves_of_an_inactive_function_are_a_conflict(gateway: Gateway) -> None:
    await gateway.post('mutation { setFunctionActive(input: {id: "my_function", value: false}) { id } }')
    assert (await own(gateway, {"tone": "formal"})).errors == [("updateUserValves", "CONFLICT", "function_admin")]


async def test_the_users_own_passwords_are_masked_and_kept(gateway: Gateway) -> None:
    content = (
        "from pydantic import BaseModel, Field\n\n\nclass Pipe:\n    class UserValves(BaseModel):\n"
        '        token: str = Field(default="", json_schema_extra={"input": {"type": "password"}})\n'
        "        depth: int = 1\n"
    )
    create = "mutation ($input: CreateFunctionInput!) { createFunction(input: $input) { id } }"
    await gateway.post(create, {"input": {"id": "own", "name": "Own", "content": content}})
    await gateway.post('mutation { setFunctionActive(input: {id: "own", value: true}) { id } }')
    given = {"input": {"id": "own", "values": {"token": SECRET, "depth": 2}}}
    assert (await gateway.post(UPDATE_OWN, given, "user")).data["updateUserValves"]["userValves"] == {
        "token": MASK,
        "depth": 2,
    }
    given["input"]["values"] = {"token": MASK, "depth": 3}
    await gateway.post(UPDATE_OWN, given, "user")
    assert json.loads(gateway.sandbox.function_admin.log.requests[-3].body) == {"token": SECRET, "depth": 3}
    reveal = '{ function(input: {id: "own"}) { userValves(input: {reveal: true}) } }'
    assert (await gateway.post(reveal, key="user")).errors == [("function", "FORBIDDEN", None)]
