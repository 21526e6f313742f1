"""A sync says what it would do before it does it, and deletes nothing unless it is told that it may."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.harness import Answer, Gateway

EXPORT = "GET /api/v1/functions/export?include_valves=true"
SYNC = "POST /api/v1/functions/sync"
DOCUMENT = """mutation ($input: SyncFunctionsInput!) {
  syncFunctions(input: $input) { created changed unchanged deleted } }"""
ACTION = "class Action:\n    async def action(self, body: dict) -> dict:\n        return body\n"


async def sync(gateway: Gateway, functions: list[dict[str, Any]], **given: Any) -> Answer:
    return await gateway.post(DOCUMENT, {"input": {"functions": functions, **given}})


async def ids(gateway: Gateway) -> list[str]:
    answer = await gateway.post("{ functions(input: {count: 1000}) { id } }")
    return sorted(function["id"] for function in answer.data["functions"])


async def all_but(gateway: Gateway, *left_out: str) -> list[dict[str, Any]]:
    return [{"id": name} for name in await ids(gateway) if name not in left_out]


async def test_a_dry_run_only_reads(gateway: Gateway) -> None:
    before = await ids(gateway)
    wanted = [
        {"id": "my_function", "name": "New"},
        {"id": "word_filter"},
        {"id": "fresh", "name": "F", "content": ACTION},
    ]
    gateway.sandbox.function_admin.log.clear()
    said = (await sync(gateway, wanted, dryRun=True)).data["syncFunctions"]
    assert gateway.sandbox.function_admin.log.lines == [EXPORT]
    assert {kind: names for kind, names in said.items() if kind != "deleted"} == {
        "created": ["fresh"],
        "changed": ["my_function"],
        "unchanged": ["word_filter"],
    }
    assert sorted(said["deleted"]) == [name for name in before if name not in ("my_function", "word_filter")]
    assert await ids(gateway) == before


async def test_what_a_sync_did_is_what_its_dry_run_said(gateway: Gateway) -> None:
    wanted = [*await all_but(gateway, "log_event", "my_function"), {"id": "my_function", "isGlobal": True}]
    said = await sync(gateway, wanted, dryRun=True)
    gateway.sandbox.function_admin.log.clear()
    done = await sync(gateway, wanted, allowDelete=True)
    assert done.data == said.data
    assert gateway.sandbox.function_admin.log.lines == [EXPORT, SYNC]
    assert "log_event" not in await ids(gateway)


async def test_nothing_is_deleted_unless_it_is_allowed(gateway: Gateway) -> None:
    before = await all_but(gateway, "log_event")
    gateway.sandbox.function_admin.log.clear()
    answer = await sync(gateway, before)
    assert answer.errors == [("syncFunctions", "BAD_INPUT", None)]
    assert answer.body["errors"][0]["message"] == "This would delete log_event: set `allowDelete` to do so."
    assert gateway.sandbox.function_admin.log.lines == [EXPORT]


async def test_an_empty_list_deletes_everything_only_if_that_is_allowed(gateway: Gateway) -> None:
    answer = await sync(gateway, [])
    assert answer.errors == [("syncFunctions", "BAD_INPUT", None)]
    assert answer.body["errors"][0]["message"].endswith("and 54 more: set `allowDelete` to do so.")
    await sync(gateway, [], allowDelete=True)
    assert await ids(gateway) == []


async def test_what_is_not_given_stays_as_it_is(gateway: Gateway) -> None:
    set_valves = """mutation { updateFunctionValves(
      input: {id: "my_function", values: {api_key: "sk-canary", max_length: 7}}) { id } }"""
    await gateway.post(set_valves)
    shown = """{ function(input: {id: "my_function"}) {
      name content isActive isGlobal createdAt meta { raw } valves(input: {reveal: true}) } }"""
    before = (await gateway.post(shown)).data["function"]
    valves = {"api_key": "********", "max_length": 8}
    wanted = [*await all_but(gateway, "my_function"), {"id": "my_function", "valves": valves}]
    said = (await sync(gateway, wanted)).data["syncFunctions"]
    assert said["changed"] == ["my_function"]
    assert (await gateway.post(shown)).data["function"] == before | {
        "valves": {"api_key": "sk-canary", "max_length": 8}
    }


async def test_a_list_as_the_server_has_it_changes_nothing(gateway: Gateway) -> None:
    document = """{ functions(input: {count: 1000}) {
      id name content isActive isGlobal meta { raw } valves(input: {reveal: true}) } }"""
    listed = (await gateway.post(document)).data["functions"]
    wanted = [{**function, "meta": function["meta"]["raw"]} for function in listed]
    said = (await sync(gateway, wanted)).data["syncFunctions"]
    assert (said["created"], said["changed"], said["deleted"], len(said["unchanged"])) == ([], [], [], 64)


async def test_code_that_the_server_only_rewrites_is_no_change(gateway: Gateway) -> None:
    fresh = {"id": "fresh", "name": "F", "content": "# from utils\n" + ACTION}
    wanted = await all_but(gateway)
    first, again = await sync(gateway, [*wanted, fresh]), await sync(gateway, [*wanted, fresh])
    assert (await gateway.post('{ function(input: {id: "fresh"}) { content } }')).data == {
        "function": {"content": "# from open_webui.utils\n" + ACTION}
    }
    assert first.data["syncFunctions"]["created"] == ["fresh"]
    assert again.data["syncFunctions"]["unchanged"][-1] == "fresh"


async def test_what_is_sent_has_the_type_of_the_code(gateway: Gateway) -> None:
    """Servers before 0.11 store the type that they are sent."""
    await sync(gateway, [*await all_but(gateway), {"id": "fresh", "name": "F", "content": ACTION, "isActive": True}])
    [request] = [request for request in gateway.sandbox.function_admin.log if str(request) == SYNC]
    sent = json.loads(request.body)["functions"][-1]
    assert {key: sent[key] for key in ("id", "type", "user_id", "is_active", "is_global", "valves", "meta")} == {
        "id": "fresh",
        "type": "action",
        "user_id": "",
        "is_active": True,
        "is_global": False,
        "valves": {},
        "meta": {},
    }


async def test_lists_that_cannot_be_meant_are_refused(gateway: Gateway) -> None:
    for functions, message in (
        ([{"id": "my_function"}, {"id": "my_function"}], "The list has my_function more than once."),
        ([{"id": "a/b", "name": "A", "content": ACTION}], "'a/b' is not a Python identifier."),
        ([{"id": "fresh", "name": "F"}], "The new function 'fresh' needs a `name` and `content`."),
    ):
        answer = await sync(gateway, functions, allowDelete=True)
        assert answer.body["errors"][0]["message"] == message
    assert gateway.sandbox.function_admin.log.lines == 3 * [EXPORT]


async def test_code_that_does_not_load_changes_nothing_at_all(gateway: Gateway) -> None:
    before = await ids(gateway)
    wanted = [*await all_but(gateway, "log_event"), {"id": "fresh", "name": "F", "content": "def"}]
    answer = await sync(gateway, wanted, allowDelete=True)
    assert answer.errors == [("syncFunctions", "BAD_INPUT", "function_admin")]
    assert await ids(gateway) == before


async def test_syncs_at_once_take_turns(gateway: Gateway) -> None:
    wanted = await all_but(gateway)
    gateway.sandbox.function_admin.log.clear()
    fresh = [{"id": f"fresh{number}", "name": "F", "content": ACTION} for number in range(2)]
    await asyncio.gather(*(sync(gateway, [*wanted, function], allowDelete=True) for function in fresh))
    assert gateway.sandbox.function_admin.log.lines == [EXPORT, SYNC, EXPORT, SYNC]
