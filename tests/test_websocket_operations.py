"""Operations over graphql-transport-ws: results, credentials, limits, and that nothing outlives its socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import Gateway, serving
from tests.sockets import connected, eventually, following, with_limits

TYPENAME = {"data": {"__typename": "Query"}}
LONG = following(500)


async def test_queries_and_mutations_give_one_result(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe("q", "query A { __typename } query B { b: __typename }", operationName="B")
        assert await socket.until_end("q") == [
            {"type": "next", "id": "q", "payload": {"data": {"b": "Query"}}},
            {"type": "complete", "id": "q"},
        ]
        await socket.subscribe(
            "m",
            'mutation ($text: String) { createPrediction(input: {tag: "@fxn/greeting", client: "test", '
            'inputs: [{name: "name", stringValue: $text}]}) { results { stringValue } } }',
            variables={"text": "Ada"},
            extensions={"a": 1},
        )
        [result, complete] = await socket.until_end("m")
    assert result["payload"] == {"data": {"createPrediction": {"results": [{"stringValue": "Hello, Ada!"}]}}}
    assert complete == {"type": "complete", "id": "m"}
    assert gateway.counts == {"prediction": 1}


REFUSED = {
    "{": "GRAPHQL_PARSE_FAILED",
    "{ a" * 1500: "GRAPHQL_PARSE_FAILED",
    "{ nope }": "GRAPHQL_VALIDATION_FAILED",
    "subscription { nope }": "GRAPHQL_VALIDATION_FAILED",
    "subscription ($a: Int!) { __typename }": "GRAPHQL_VALIDATION_FAILED",
}


async def test_a_refused_operation_gets_an_error_and_the_socket_stays(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        for document, code in REFUSED.items():
            await socket.subscribe("1", document)
            [error] = await socket.until_end("1")
            assert (error["type"], error["id"]) == ("error", "1")
            assert error["payload"][0]["extensions"]["code"] == code, document[:80]
            await socket.subscribe("1", "{ __typename }")
            assert (await socket.until_end("1"))[0]["payload"] == TYPENAME
    assert gateway.counts == {}


async def test_a_subscription_gives_each_event_and_completes(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe("1", following(3))
        *results, complete = await socket.until_end("1")
    assert [result["payload"]["data"]["prediction"]["results"] for result in results] == [
        [{"stringValue": "1"}],
        [{"stringValue": "1 2"}],
        [{"stringValue": "1 2 3"}],
    ]
    assert complete == {"type": "complete", "id": "1"}
    assert gateway.counts == {"prediction": 1}


async def test_an_id_that_is_in_use_closes(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe("1", LONG)
        await socket.subscribe("1", "{ __typename }")
        assert await socket.closed() == (4409, "Subscriber for 1 already exists")
    await eventually(lambda: gateway.sandbox.prediction.log.in_flight == 0)


async def test_completing_cancels_down_to_the_upstream_and_frees_the_id(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe("1", LONG)
        await socket.next()
        assert gateway.sandbox.prediction.log.in_flight == 1
        await socket.send("complete", id="1")
        await socket.subscribe("1", "{ __typename }")
        while (message := await socket.next())["payload"] != TYPENAME:
            assert message["payload"]["data"]["prediction"]
        assert await socket.next() == {"type": "complete", "id": "1"}
        assert await socket.silent()
        assert gateway.sandbox.prediction.log.in_flight == 0


async def test_completing_what_is_not_there_is_ignored(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        await socket.send("complete", id="nope")
        await socket.send("ping")
        assert await socket.next() == {"type": "pong"}


def tasks_of_sockets() -> list[str]:
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    return [name for name in names if name.startswith(("Session.", "WebSocketsSansIOProtocol.", "Engine."))]


@pytest.mark.parametrize("politely", [True, False])
async def test_a_client_that_leaves_leaves_nothing_behind(gateway: Gateway, politely: bool) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        for number in range(10):
            await socket.subscribe(str(number), LONG)
        await eventually(lambda: gateway.sandbox.prediction.log.in_flight == 10)
        assert len(tasks_of_sockets()) == 11
        if politely:
            await socket.ws.close()
        else:
            assert socket.ws._response.connection is not None
            transport = socket.ws._response.connection.transport
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
        await eventually(lambda: gateway.sandbox.prediction.log.in_flight == 0)
    await eventually(lambda: tasks_of_sockets() == [])


async def test_operations_on_one_socket_are_capped(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(with_limits(settings, max_operations=3), sandbox) as gateway, connected(gateway) as socket:
        await socket.init()
        for number in range(3):
            await socket.subscribe(str(number), LONG)
        await eventually(lambda: sandbox.prediction.log.in_flight == 3)
        await socket.subscribe("too many", LONG)
        error = (await socket.until_end("too many"))[-1]
        assert error["payload"][0]["message"] == "A socket has at most 3 operations at once."
        assert error["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        await socket.send("complete", id="0")
        await eventually(lambda: sandbox.prediction.log.in_flight == 2)
        await socket.subscribe("next", "{ __typename }")
        assert (await socket.until_end("next"))[-1] == {"type": "complete", "id": "next"}
    assert len(sandbox.prediction.log) == 3


async def user_over(gateway: Gateway, headers: dict[str, str], payload: Any) -> Any:
    async with connected(gateway, headers=headers) as socket:
        await socket.init(payload)
        await socket.subscribe("1", "{ user { username } }")
        return (await socket.until_end("1"))[0]


async def test_a_key_comes_in_the_handshake_or_in_the_init(gateway: Gateway) -> None:
    yusuf, ada = (f"Bearer {key}" for key in (gateway.sandbox.accounts.yusuf_key, gateway.sandbox.accounts.ada_key))
    ways: list[tuple[dict[str, str], Any, str]] = [
        ({"Authorization": yusuf}, None, "yusuf"),
        ({}, {"Authorization": yusuf}, "yusuf"),
        ({}, {"authorization": ada}, "ada"),
        ({}, {"headers": {"Authorization": ada}}, "ada"),
        ({"Authorization": yusuf}, {"Authorization": ada}, "ada"),
    ]
    for headers, payload, username in ways:
        message = await user_over(gateway, headers, payload)
        assert message["payload"]["data"]["user"]["username"] == username
    for anonymous in (None, {"Authorization": None}, {"Authorization": "null"}):
        message = await user_over(gateway, {}, anonymous)
        assert message["payload"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_credential_that_is_refused_closes_at_the_init(gateway: Gateway) -> None:
    for credential in ("Digest x", "Bearer a\nb", "Bearer " + "x" * 10_000, "nonsense"):
        async with connected(gateway) as socket:
            await socket.send("connection_init", payload={"Authorization": credential})
            assert await socket.closed() == (4403, "Forbidden")
    assert gateway.counts == {}


async def test_each_operation_has_a_context_of_its_own(gateway: Gateway) -> None:
    document = '{ predictor(input: {tag: "@fxn/greeting"}) { name } nope: user { username } }'
    async with connected(gateway) as socket:
        await socket.init()
        seen = set()
        for number in ("1", "2"):
            await socket.subscribe(number, document)
            [error] = (await socket.until_end(number))[0]["payload"]["errors"]
            seen.add(error["extensions"]["requestId"])
    assert len(seen) == 2
    reads = [line for line in gateway.sandbox.prediction.log.lines if line == "GET /predictors/@fxn/greeting"]
    assert len(reads) == 2


FAULTS = [
    (Fault("status", status=500, body={"detail": "upstream-secret-text"}), "UPSTREAM_UNAVAILABLE"),
    (Fault("status", status=429, headers={"Retry-After": "7"}), "RATE_LIMITED"),
    (Fault("html"), "UPSTREAM_INVALID"),
    (Fault("half_a_body"), "UPSTREAM_INVALID"),
    (Fault("reset_in_body"), "UPSTREAM_INVALID"),
    (Fault("reset_in_header"), "UPSTREAM_UNAVAILABLE"),
    (Fault("wrong_types"), "UPSTREAM_INVALID"),
]


async def test_an_upstream_that_fails_ends_its_operation_only(gateway: Gateway) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        for fault, code in FAULTS:
            gateway.sandbox.prediction.faults.set(fault)
            await socket.subscribe("1", following(3))
            [error] = await socket.until_end("1")
            assert error["type"] == "error"
            [entry] = error["payload"]
            assert (entry["extensions"]["code"], entry["extensions"]["service"]) == (code, "prediction"), fault
            assert "upstream-secret-text" not in json.dumps(error)
            await socket.subscribe("1", "{ __typename }")
            assert (await socket.until_end("1"))[0]["payload"] == TYPENAME
    assert gateway.counts == {"prediction": len(FAULTS)}


async def test_a_shutdown_ends_subscriptions_and_lets_queries_finish(settings: Settings, sandbox: Sandbox) -> None:
    sandbox.prediction.faults.set(Fault("slow", match="GET /predictors", delay_s=0.3))
    stack = serving(settings, sandbox)
    gateway = await stack.__aenter__()
    async with aiohttp.ClientSession() as session:
        outside = Gateway(gateway.url, session, sandbox)
        async with connected(outside) as socket:
            await socket.init()
            await socket.subscribe("stream", LONG)
            await socket.next()
            await socket.subscribe("query", '{ predictor(input: {tag: "@fxn/greeting"}) { name } }')
            await eventually(lambda: sandbox.prediction.log.in_flight == 2)
            stopping = asyncio.create_task(stack.__aexit__(None, None, None))
            messages = await socket.until_end("query")
            assert messages[-2]["payload"] == {"data": {"predictor": {"name": "greeting"}}}
            assert await socket.closed() == (1001, "The gateway is shutting down.")
            await stopping
    assert tasks_of_sockets() == []


HEAVY = """subscription ($text: String!) { prediction(input: {
  tag: "@fxn/stream", client: "test", inputs: [{name: "text", stringValue: $text}]
}) { results { data } } }"""
WORDS = 30
"""Each state is 30 kB longer than the one before: 18 MB in all, far more than sockets hold."""


@pytest.mark.slow
async def test_a_client_that_does_not_read_holds_its_stream_back_and_no_shutdown_up(
    settings: Settings, sandbox: Sandbox
) -> None:
    stack = serving(replace(settings, shutdown_timeout_s=1), sandbox)
    gateway = await stack.__aenter__()
    variables = {"text": " ".join(["w" * 30_000] * WORDS)}
    async with aiohttp.ClientSession() as session, connected(Gateway(gateway.url, session, sandbox)) as socket:
        await socket.init()
        assert socket.ws._response.connection is not None
        transport = socket.ws._response.connection.transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        await socket.subscribe("1", HEAVY, variables=variables)
        await asyncio.sleep(1.5)
        assert sandbox.prediction.log.in_flight == 1
        transport.resume_reading()
        assert len(await socket.until_end("1")) == WORDS + 1
        transport.pause_reading()
        await socket.subscribe("2", HEAVY, variables=variables)
        await asyncio.sleep(1.5)
        async with asyncio.timeout(5):
            await stack.__aexit__(None, None, None)
        transport.abort()
    assert tasks_of_sockets() == []
    assert sandbox.prediction.log.in_flight == 0
