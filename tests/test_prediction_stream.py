"""A prediction can be followed while it grows, by REST and over both dialects of the upstream."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import Gateway, serving, with_upstream
from tests.sockets import connected, eventually, following

CLOUD = {"id", "tag", "type", "created", "results", "latency", "error", "logs"}
DIALECTS = ("v0", "v1")
STREAM = "/predict/@fxn/stream?stream=true&rawOutputs=true&dataUrlLimit=None"
WORDS = {"text": "a b c"}


@pytest.fixture(params=DIALECTS)
async def either(request: pytest.FixtureRequest, settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    async with serving(with_upstream(settings, "prediction", api=request.param), sandbox) as gateway:
        yield gateway


async def reads(response: aiohttp.ClientResponse) -> list[bytes]:
    """What each read from the network gives, as the clients of the vendor read it."""
    return [chunk async for chunk in response.content.iter_any()]


def texts(prediction: Any) -> list[str]:
    return [base64.b64decode(value["data"].partition(",")[2]).decode() for value in prediction["results"]]


async def test_each_read_is_one_whole_prediction(either: Gateway) -> None:
    async with either.session.post(either.url + STREAM, json=WORDS) as response:
        assert (response.status, response.content_type) == (200, "application/json")
        states = [json.loads(chunk) for chunk in await reads(response)]
    assert [texts(state) for state in states] == [["a"], ["a b"], ["a b c"]]
    assert all(state.keys() == CLOUD for state in states)
    assert len({state["id"] for state in states}) == 1
    assert either.counts == {"prediction": 1}


async def test_states_that_come_at_once_leave_one_by_one(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.sandbox.prediction.routes_v0.STREAM_PAUSE_S", 0)
    words = {"text": " ".join("abcdefgh")}
    async with gateway.session.post(gateway.url + STREAM, json=words) as response:
        states = [json.loads(chunk) for chunk in await reads(response)]
    assert len(states) == 8


@pytest.mark.parametrize("body", [WORDS, {"text": {"data": "data:,a%20b%20c", "type": "string", "shape": []}}])
async def test_inputs_come_plain_or_as_values(gateway: Gateway, body: Any) -> None:
    async with gateway.session.post(gateway.url + STREAM, json=body) as response:
        assert texts(json.loads((await reads(response))[-1])) == ["a b c"]


async def test_a_predictor_that_does_not_stream_gives_one_prediction(either: Gateway) -> None:
    bodies: tuple[Any, ...] = (None, {})
    for body in bodies:
        async with either.session.post(either.url + "/predict/@fxn/greeting?stream=true", json=body) as response:
            [state] = [json.loads(chunk) for chunk in await reads(response)]
        assert (state["results"][0]["type"], state["error"]) == ("string", None)


async def test_a_prediction_for_a_device_has_what_its_client_knows(gateway: Gateway) -> None:
    url = gateway.url + "/predict/@fxn/edge?stream=true"
    async with gateway.session.post(url, json={}) as response:
        assert (await response.json()).keys() == {"id", "tag", "type", "created"}
    async with gateway.session.post(url, json={}, headers={"fxn-configuration-token": "token"}) as response:
        state = await response.json()
    assert state["type"] == "EDGE"
    assert state["configuration"]
    assert {resource["type"] for resource in state["resources"]} == {"dso", "fxn"}


async def test_an_error_before_the_first_state_has_its_status_and_both_forms(either: Gateway) -> None:
    refusals: list[tuple[str, Any, int, str | None]] = [
        ("/predict/@fxn/nope?stream=true", {}, 404, "There is no predictor @fxn/nope"),
        ("/predict/@ada/notes?stream=true", None, 404, "There is no predictor @ada/notes"),
        ("/predict/@fxn/stream?stream=true", [1], 400, None),
    ]
    for path, body, status, message in refusals:
        async with either.session.post(either.url + path, json=body) as response:
            assert response.status == status
            answer = await response.json()
        assert answer["error"] == answer["errors"][0]["message"] == (message or answer["error"])


async def test_a_failure_after_some_states_is_a_failed_prediction(gateway: Gateway, settings: Settings) -> None:
    cut = with_upstream(settings, "prediction", max_stream_bytes=600)
    async with (
        serving(cut, gateway.sandbox) as impatient,
        impatient.session.post(impatient.url + STREAM, json=WORDS) as response,
    ):
        states = [json.loads(chunk) for chunk in await reads(response)]
    assert response.status == 200
    assert [texts(state) for state in states[:-1]] == [["a"], ["a b"]]
    assert states[-1] == {**states[0], **states[1], "results": None, "error": states[-1]["error"]}
    assert states[-1]["error"] == "The upstream's stream is larger than the limit."


async def test_a_caller_that_leaves_cancels_down_to_the_upstream(either: Gateway) -> None:
    words = {"text": " ".join("w" for _ in range(500))}
    for path, body in (
        (STREAM, words),
        ("/v1/predictions/remote", {"tag": "@fxn/stream", "stream": True, "inputs": words}),
    ):
        response = await either.session.post(either.url + path, json=body)
        await response.content.readany()
        assert either.sandbox.prediction.log.in_flight == 1
        response.close()
        await eventually(lambda: either.sandbox.prediction.log.in_flight == 0)
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    assert [name for name in names if name.startswith(("_Relay.", "while_connected"))] == []


def events(body: str) -> list[tuple[str, Any]]:
    found = []
    for block in body.removesuffix("\n\n").split("\n\n"):
        kind, data = block.split("\n")
        found.append((kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


@pytest.mark.parametrize("asks", ["body", "header"])
async def test_v1_answers_server_sent_events(either: Gateway, asks: str) -> None:
    body: dict[str, Any] = {"tag": "@fxn/stream", "inputs": {"text": {"data": "data:,a%20b", "type": "string"}}}
    headers = {"Accept": "text/event-stream"} if asks == "header" else {}
    body |= {"stream": True} if asks == "body" else {}
    async with either.session.post(either.url + "/v1/predictions/remote", json=body, headers=headers) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        found = events(await response.text())
    assert [kind for kind, _ in found] == ["prediction", "prediction"]
    assert [texts(state) for _, state in found] == [["a"], ["a b"]]
    assert found[0][1].keys() == CLOUD - {"type"}
    assert either.counts == {"prediction": 1}


async def test_v1_without_either_answers_the_last_state_alone(either: Gateway) -> None:
    body = {"tag": "@fxn/stream", "inputs": {"text": {"data": "data:,a%20b", "type": "string"}}, "stream": False}
    async with either.session.post(either.url + "/v1/predictions/remote", json=body) as response:
        assert response.content_type == "application/json"
        assert texts(await response.json()) == ["a b"]


async def test_v1_tells_of_a_failure_after_some_states_by_an_event(gateway: Gateway, settings: Settings) -> None:
    cut = with_upstream(settings, "prediction", max_stream_bytes=600)
    body = {"tag": "@fxn/stream", "stream": True}
    async with (
        serving(cut, gateway.sandbox) as impatient,
        impatient.session.post(impatient.url + "/v1/predictions/remote", json=body) as response,
    ):
        found = events(await response.text())
    assert [kind for kind, _ in found] == ["prediction", "prediction", "error"]
    assert found[-1][1]["errors"][0]["extensions"]["code"] == "UPSTREAM_INVALID"
    assert found[-1][1]["error"] == "The upstream's stream is larger than the limit."


async def test_the_subscription_is_the_same_over_both_dialects(either: Gateway) -> None:
    async with connected(either) as socket:
        await socket.init()
        await socket.subscribe("1", following(2, "tag type error results { stringValue }"))
        *results, _ = await socket.until_end("1")
    assert [result["payload"]["data"]["prediction"] for result in results] == [
        {"tag": "@fxn/stream", "type": "CLOUD", "error": None, "results": [{"stringValue": text}]}
        for text in ("1", "1 2")
    ]
    assert either.counts == {"prediction": 1}


async def test_a_prediction_that_fails_is_a_state_with_its_error(either: Gateway) -> None:
    document = 'subscription { prediction(input: {tag: "@fxn/fail", client: "test"}) { error results { type } } }'
    async with connected(either) as socket:
        await socket.init()
        await socket.subscribe("1", document)
        [state, complete] = await socket.until_end("1")
    assert state["payload"] == {"data": {"prediction": {"error": "This predictor always fails", "results": None}}}
    assert complete["type"] == "complete"


IMPATIENT = {"total_timeout_s": 0.3, "read_timeout_s": 0.3, "max_response_bytes": 100_000, "max_stream_bytes": 200_000}


async def test_deadlines_and_limits_end_a_stream(settings: Settings, sandbox: Sandbox) -> None:
    impatient = with_upstream(settings, "prediction", **IMPATIENT, max_stream_s=0.6)
    async with serving(impatient, sandbox) as gateway:
        for fault, code in (
            (Fault("slow", delay_s=2), "UPSTREAM_TIMEOUT"),
            (Fault("drip"), "UPSTREAM_TIMEOUT"),
            (Fault("endless"), "UPSTREAM_INVALID"),
            (Fault("huge"), "UPSTREAM_INVALID"),
        ):
            sandbox.prediction.faults.set(fault)
            async with gateway.session.post(gateway.url + STREAM, json=WORDS) as response:
                answer = await response.json()
            assert response.status in (502, 504)
            assert answer["errors"][0]["extensions"]["code"] == code, fault
            await eventually(lambda: sandbox.prediction.log.in_flight == 0)


async def test_a_stream_may_take_longer_than_an_answer_but_not_for_ever(settings: Settings, sandbox: Sandbox) -> None:
    longer = with_upstream(settings, "prediction", total_timeout_s=0.2, max_stream_s=0.8)
    async with serving(longer, sandbox) as gateway:
        for words, complete in ((20, True), (200, False)):
            text = " ".join("w" for _ in range(words))
            async with gateway.session.post(gateway.url + STREAM, json={"text": text}) as response:
                states = [json.loads(chunk) for chunk in await reads(response)]
            assert (len(states) == words) is complete
            assert states[-1]["error"] == (None if complete else "The upstream did not answer in time.")
