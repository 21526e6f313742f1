"""Setting a switch is idempotent, checked, and right under many callers; a toggle is what the server makes of it."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.sandbox.faults import Fault
from tests.harness import Gateway

READ = "GET /api/v1/functions/id/note_action"
FLIP = "POST /api/v1/functions/id/note_action/toggle"
FLIPPED: dict[str, Any] = {
    "id": "note_action",
    "user_id": None,
    "name": "Note Action",
    "type": "action",
    "meta": {},
    "content": "",
    "is_active": True,
    "is_global": False,
    "updated_at": 1,
    "created_at": 1,
}
FLIP_GLOBAL = "POST /api/v1/functions/id/note_action/toggle/global"


def setting(value: bool, name: str = "note_action", field: str = "setFunctionActive") -> str:
    shown = "isActive" if field == "setFunctionActive" else "isGlobal"
    return f'mutation {{ {field}(input: {{id: "{name}", value: {str(value).lower()}}}) {{ {shown} }} }}'


async def switched(gateway: Gateway, value: bool) -> None:
    assert (await gateway.post(setting(value))).data == {"setFunctionActive": {"isActive": value}}
    gateway.sandbox.function_admin.log.clear()


async def test_a_switch_that_is_right_already_is_only_read(gateway: Gateway) -> None:
    await switched(gateway, True)
    answer = await gateway.post(setting(True))
    assert answer.data == {"setFunctionActive": {"isActive": True}}
    assert gateway.sandbox.function_admin.log.lines == [READ]


async def test_a_switch_that_differs_is_flipped_once_and_read_again(gateway: Gateway) -> None:
    await switched(gateway, True)
    answer = await gateway.post(setting(False))
    assert answer.data == {"setFunctionActive": {"isActive": False}}
    assert gateway.sandbox.function_admin.log.lines == [READ, FLIP, READ]


async def test_the_global_switch_works_the_same_way(gateway: Gateway) -> None:
    answer = await gateway.post(setting(True, field="setFunctionGlobal"))
    again = await gateway.post(setting(True, field="setFunctionGlobal"))
    assert answer.data == again.data == {"setFunctionGlobal": {"isGlobal": True}}
    assert gateway.sandbox.function_admin.log.lines == [READ, FLIP_GLOBAL, READ, READ]


async def test_thirty_callers_at_once_flip_it_once(gateway: Gateway) -> None:
    await switched(gateway, False)
    gateway.sandbox.function_admin.faults.set(Fault("slow", delay_s=0.002))
    answers = await asyncio.gather(*(gateway.post(setting(True)) for _ in range(30)))
    assert [answer.data for answer in answers] == 30 * [{"setFunctionActive": {"isActive": True}}]
    assert sorted(gateway.sandbox.function_admin.log.lines) == 31 * [READ] + [FLIP]
    assert gateway.sandbox.function_admin.log.peak_in_flight == 1


async def test_callers_of_other_functions_do_not_wait(gateway: Gateway) -> None:
    gateway.sandbox.function_admin.faults.set(Fault("slow", delay_s=0.1))
    names = ("note_action", "my_function", "word_filter", "log_event")
    await asyncio.gather(*(gateway.post(setting(True, name)) for name in names))
    assert gateway.sandbox.function_admin.log.peak_in_flight == 4


async def test_toggles_that_come_at_once_take_turns(gateway: Gateway) -> None:
    await switched(gateway, False)
    toggle = 'mutation { toggleFunction(input: {id: "note_action"}) { isActive } }'
    answers = await asyncio.gather(*(gateway.post(toggle) for _ in range(8)))
    states = sorted(answer.data["toggleFunction"]["isActive"] for answer in answers)
    assert states == 4 * [False] + 4 * [True]


async def test_a_flip_that_is_lost_is_made_again(gateway: Gateway) -> None:
    """The real server loses flips that come at the same time: it answers both, and one never happened."""
    await switched(gateway, False)
    gateway.sandbox.function_admin.faults.set(Fault("status", match="toggle", status=200, body=FLIPPED, times=1))
    answer = await gateway.post(setting(True))
    assert answer.data == {"setFunctionActive": {"isActive": True}}
    assert gateway.sandbox.function_admin.log.lines == [READ, FLIP, READ, FLIP, READ]


async def test_a_flip_that_never_lasts_is_a_conflict_after_five_tries(gateway: Gateway) -> None:
    await switched(gateway, False)
    gateway.sandbox.function_admin.faults.set(Fault("status", match="toggle", status=200, body=FLIPPED))
    answer = await gateway.post(setting(True))
    assert answer.errors == [("setFunctionActive", "CONFLICT", "function_admin")]
    assert gateway.sandbox.function_admin.log.lines == [*(5 * [READ, FLIP]), READ]


async def test_a_missing_function_is_not_found_and_not_flipped(gateway: Gateway) -> None:
    answer = await gateway.post(setting(True, "no"))
    assert answer.errors == [("setFunctionActive", "NOT_FOUND", "function_admin")]
    assert gateway.sandbox.function_admin.log.lines == ["GET /api/v1/functions/id/no"]


async def test_creates_of_one_id_at_once_are_one_function_and_conflicts(gateway: Gateway) -> None:
    create = 'mutation { createFunction(input: {id: "fresh", name: "F", content: "class Pipe:\\n    pass\\n"}) { id } }'
    answers = await asyncio.gather(*(gateway.post(create) for _ in range(6)))
    codes = [answer.errors[0][1] for answer in answers if "errors" in answer.body]
    assert codes == 5 * ["CONFLICT"]
