"""Many inputs: one answer for each, within the vendor's limits however many callers there are."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.faults import Fault
from gateway.sandbox.invoke.seed import SPAM_ID, TAGS_ID
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import Gateway
from tests.invoke_gateway import FOLLOW_MANY, INVOKE, INVOKE_MANY, invoked, invoking, lines, most_in_a_second
from tests.subscribing import subscribed

THROTTLED = {"message": "Throttled"}
BAD = (3, 500, 998)


def many(inputs: list[Any], **members: Any) -> dict[str, Any]:
    given = [{"data": data, "externalId": f"e-{at}"} for at, data in enumerate(inputs)]
    return {"input": {"functionId": SPAM_ID, "inputs": given, "capture": False, **members}}


def sent(gateway: Gateway) -> int:
    return sum(line.startswith("POST /v1/functions") for line in lines(gateway))


async def assert_a_thousand_are_answered(gateway: Gateway, limit: int) -> None:
    """A thousand inputs of which three are bad, while the vendor throttles twenty times."""
    texts: list[Any] = ["free prize" if at % 2 else "see you at the meeting" for at in range(1000)]
    for at in BAD:
        texts[at] = 5
    gateway.sandbox.invoke.faults.set(Fault("status", match="/invoke$", times=20, status=429, body=THROTTLED))
    answer = await gateway.post(INVOKE_MANY, many(texts))
    items = answer.data["invokeFunctions"]
    assert [item["index"] for item in items] == list(range(1000))
    assert [item["index"] for item in items if item["error"] is not None] == list(BAD)
    refusal = {
        "code": "BAD_INPUT",
        "message": "data must be a string for Text input.",
        "retryable": False,
        "retryAfter": None,
    }
    assert [items[at]["error"] for at in BAD] == [refusal] * 3
    assert all(
        item["output"] == {"labelName": "Spam" if at % 2 else "Not spam", "externalId": f"e-{at}"}
        for at, item in enumerate(items)
        if at not in BAD
    )
    assert sent(gateway) == 1020
    assert gateway.counts == {"invoke": 1021}
    assert gateway.sandbox.invoke.log.peak_in_flight <= 25
    assert most_in_a_second(gateway.sandbox.invoke) <= limit


async def test_a_thousand_inputs_have_a_thousand_answers_in_order(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    async with invoking(sandbox, settings, tmp_path / "invoke", retry_wait_s=0.05) as gateway:
        await assert_a_thousand_are_answered(gateway, 500)


@pytest.mark.slow
async def test_a_thousand_inputs_stay_within_the_vendors_true_limits(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    async with invoking(sandbox, settings, tmp_path / "invoke", requests_per_second=25) as gateway:
        await assert_a_thousand_are_answered(gateway, 25)


async def test_the_limits_hold_for_all_callers_together(sandbox: Sandbox, settings: Settings, tmp_path: Path) -> None:
    limits = {"requests_per_second": 60, "concurrent": 7}
    async with invoking(sandbox, settings, tmp_path / "invoke", inference_s=0.01, **limits) as gateway:
        batches = [gateway.post(INVOKE_MANY, many(["hello"] * 20), key=key) for key in ("user", "admin") * 2]
        singles = [invoked(gateway, SPAM_ID, "hello", output="Classification") for _ in range(40)]
        answers, outputs = await asyncio.gather(asyncio.gather(*batches), asyncio.gather(*singles))
        assert [item["error"] for answer in answers for item in answer.data["invokeFunctions"]] == [None] * 80
        assert len(outputs) == 40
        assert sent(gateway) == 120
        assert gateway.sandbox.invoke.log.peak_in_flight <= 7
        assert most_in_a_second(gateway.sandbox.invoke) <= 60


async def test_a_single_invocation_does_not_wait_for_a_whole_batch(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    limits = {"requests_per_second": 20, "concurrent": 5}
    async with invoking(sandbox, settings, tmp_path / "invoke", **limits) as gateway:
        batch = asyncio.create_task(gateway.post(INVOKE_MANY, many(["hello"] * 60)))
        await asyncio.sleep(0.2)
        await invoked(gateway, SPAM_ID, "hello")
        assert not batch.done()
        assert len((await batch).data["invokeFunctions"]) == 60


@pytest.mark.parametrize(
    ("members", "attempts"),
    [({"capture": True}, 1), ({"capture": True, "retry": True}, 3), ({"capture": False}, 3)],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_vendor_is_asked_again_only_where_nothing_can_be_stored_twice_or_the_caller_wants_it(
    sandbox: Sandbox, settings: Settings, tmp_path: Path, members: dict[str, bool], attempts: int, status: int
) -> None:
    async with invoking(sandbox, settings, tmp_path / "invoke", retry_wait_s=0.01) as gateway:
        gateway.sandbox.invoke.faults.set(Fault("status", match="/invoke$", times=2, status=status, body=THROTTLED))
        answer = await gateway.post(INVOKE, {"input": {"functionId": SPAM_ID, "data": "x", **members}})
        assert sent(gateway) == attempts
        if attempts == 3:
            assert answer.data["invokeFunction"]["labelName"]
        else:
            code = "RATE_LIMITED" if status == 429 else "UPSTREAM_UNAVAILABLE"
            assert answer.errors == [("invokeFunction", code, "invoke")]


async def test_there_are_no_more_attempts_than_the_setting_says(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    async with invoking(sandbox, settings, tmp_path / "invoke", retry_wait_s=0.01, max_tries=4) as gateway:
        gateway.sandbox.invoke.faults.set(Fault("status", match="/invoke$", status=429, body=THROTTLED))
        answer = await gateway.post(INVOKE, {"input": {"functionId": SPAM_ID, "data": "x", "capture": False}})
        assert answer.errors == [("invokeFunction", "RATE_LIMITED", "invoke")]
        assert sent(gateway) == 4


async def test_the_vendors_retry_after_is_waited_for(sandbox: Sandbox, settings: Settings, tmp_path: Path) -> None:
    async with invoking(sandbox, settings, tmp_path / "invoke", retry_wait_s=0.01) as gateway:
        wait = {"Retry-After": "1"}
        gateway.sandbox.invoke.faults.set(Fault("status", match="/invoke$", times=1, status=429, headers=wait))
        started_s = time.monotonic()
        await invoked(gateway, SPAM_ID, "hello")
        assert 1 <= time.monotonic() - started_s < 2


async def test_a_retry_after_beyond_the_deadline_is_answered_at_once(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    async with invoking(sandbox, settings, tmp_path / "invoke", invoke_timeout_s=2.0) as gateway:
        wait = {"Retry-After": "3600"}
        gateway.sandbox.invoke.faults.set(Fault("status", match="/invoke$", status=429, headers=wait))
        started_s = time.monotonic()
        answer = await gateway.post(INVOKE, {"input": {"functionId": SPAM_ID, "data": "x", "capture": False}})
        assert time.monotonic() - started_s < 1
        [error] = answer.body["errors"]
        assert (error["extensions"]["code"], error["extensions"]["retryAfter"]) == ("RATE_LIMITED", 3600)


async def test_inputs_that_are_not_done_at_the_deadline_say_so(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    changes: dict[str, Any] = {"requests_per_second": 5, "concurrent": 2, "batch_timeout_s": 0.5}
    async with invoking(sandbox, settings, tmp_path / "invoke", **changes) as gateway:
        items = (await gateway.post(INVOKE_MANY, many(["hello"] * 30))).data["invokeFunctions"]
        codes = [item["error"] and item["error"]["code"] for item in items]
        assert codes == [None] * 4 + ["UPSTREAM_TIMEOUT"] * 26  # the look-up was the fifth of the first second
        assert all(item["error"]["retryable"] for item in items[4:])
        assert len(lines(gateway)) == 5


async def test_a_refusal_of_the_whole_function_is_sent_for_only_once_per_place(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    async with invoking(sandbox, settings, tmp_path / "invoke", concurrent=4) as gateway:
        variables = many(["hello"] * 200) | {}
        variables["input"]["functionId"] = "nothing"
        items = (await gateway.post(INVOKE_MANY, variables)).data["invokeFunctions"]
        assert [item["error"]["code"] for item in items] == ["FORBIDDEN"] * 200
        assert sent(gateway) <= 4


async def test_each_kind_of_output_can_be_asked_for_in_numbers(gateway: Gateway) -> None:
    variables = many(["flight to the beach", "x"], functionId=TAGS_ID)
    document = (
        "mutation ($input: InvokeFunctionsInput!) { invokeFunctions(input: $input) { output { tags { labelName } } } }"
    )
    items = (await gateway.post(document, variables)).data["invokeFunctions"]
    assert items[0]["output"]["tags"][0] == {"labelName": "Travel"}


@pytest.mark.parametrize("count", [0, 1001])
async def test_no_inputs_and_too_many_are_refused_before_anything_is_sent(gateway: Gateway, count: int) -> None:
    answer = await gateway.post(INVOKE_MANY, many(["x"] * count))
    assert answer.errors == [("invokeFunctions", "BAD_INPUT", None)]
    assert lines(gateway) == []


async def test_one_input_without_data_refuses_all_before_anything_is_sent(gateway: Gateway) -> None:
    answer = await gateway.post(INVOKE_MANY, many(["x", None]))
    assert answer.errors == [("invokeFunctions", "BAD_INPUT", None)]
    assert lines(gateway) == []


async def test_items_are_followed_as_they_finish(sandbox: Sandbox, settings: Settings, tmp_path: Path) -> None:
    limits = {"requests_per_second": 20, "concurrent": 4}
    async with invoking(sandbox, settings, tmp_path / "invoke", **limits) as gateway:
        inputs: list[Any] = ["free prize"] * 30
        inputs[7] = 5
        seen, first_s = [], 0.0
        async with subscribed(gateway, FOLLOW_MANY, many(inputs)) as events:
            async for event in events:
                first_s = first_s or time.monotonic()
                seen.append(event["data"]["invokeFunctions"])
        assert time.monotonic() - first_s > 0.9  # the last ones waited for their second; the first ones did not
        assert [item["done"] for item in seen] == list(range(1, 31))
        assert {item["total"] for item in seen} == {30}
        assert sorted(item["index"] for item in seen) == list(range(30))
        assert [item["index"] for item in seen if item["error"]] == [7]


async def test_a_client_that_leaves_ends_its_invocations(sandbox: Sandbox, settings: Settings, tmp_path: Path) -> None:
    changes: dict[str, Any] = {"requests_per_second": 10, "concurrent": 2, "inference_s": 0.1}
    async with invoking(sandbox, settings, tmp_path / "invoke", **changes) as gateway:
        async with subscribed(gateway, FOLLOW_MANY, many(["hello"] * 50)) as events:
            async for _ in events:
                break
        await asyncio.sleep(0.3)
        received = len(lines(gateway))
        await asyncio.sleep(1.2)
        assert len(lines(gateway)) == received < 20
        assert gateway.sandbox.invoke.log.in_flight == 0


async def test_a_subscription_that_is_refused_sends_nothing(gateway: Gateway) -> None:
    async with subscribed(gateway, FOLLOW_MANY, many([])) as events:
        [event] = [event async for event in events]
    assert [error["extensions"]["code"] for error in event["errors"]] == ["BAD_INPUT"]
    assert lines(gateway) == []
