"""A signal ends the gateway: what runs is finished, within a limit, and nobody is left with half an answer.

SIGTERM and SIGINT are the same; some tests send the one, some the other.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from tests.answers_in_parts import EVENTS, asked, events_of, parts_of
from tests.harness import Answer
from tests.kept import kept
from tests.served import Served, served
from tests.sockets import connected, eventually, following

LONG = following(1000)
PARTS = 'multipart/mixed;subscriptionSpec="1.0"'
PREDICT = """mutation ($name: String!) { createPrediction(input: {
  tag: "@fxn/greeting", client: "test", inputs: [{name: "name", stringValue: $name}]
}) { results { stringValue } } }"""
MANY = 20
SLACK_S = 5.0
"""For a loaded machine, beside the limits."""


def slow(sandbox: Sandbox, delay_s: float) -> None:
    sandbox.prediction.faults.set(Fault("slow", match="greeting", delay_s=delay_s))


async def predict(gateway: Served, count: int) -> list[asyncio.Task[Answer]]:
    """Slow mutations, all of which have reached the upstream."""
    sent = [asyncio.create_task(gateway.post(PREDICT, {"name": str(number)})) for number in range(count)]
    await eventually(lambda: predicting(gateway.sandbox) >= count)
    return sent


def predicting(sandbox: Sandbox) -> int:
    """Mutations that the upstream has not answered."""
    return sum(request.finished_s is None and "greeting" in request.path for request in sandbox.prediction.log)


def said(answer: Answer) -> str:
    [result] = answer.data["createPrediction"]["results"]
    return str(result["stringValue"])


async def all_of(parts: AsyncIterator[Any]) -> list[Any]:
    return [part async for part in parts]


async def test_what_runs_is_finished_and_every_connection_is_closed(tmp_path: Path, sandbox: Sandbox) -> None:
    slow(sandbox, 1.0)
    async with (
        served(tmp_path, sandbox, shutdown_timeout_s=30) as gateway,
        connected(gateway) as socket,
        kept(gateway) as idle,
        kept(gateway) as busy,
    ):
        assert (await idle.get("/healthz"))[0].startswith("200 ")
        asking = asyncio.create_task(busy.until_closed("/healthz"))
        await socket.init({"Authorization": f"Bearer {sandbox.accounts.ada_key}"})
        await socket.subscribe("1", LONG)
        await socket.next()
        async with asked(gateway, LONG, EVENTS) as events, asked(gateway, LONG, PARTS) as parts:
            predictions = await predict(gateway, MANY)
            gateway.signal(signal.SIGTERM)
            ending = asyncio.create_task(gateway.ended())
            kinds = [kind async for kind, _ in events_of(events)]
            with pytest.raises(AssertionError, match="the closing delimiter is missing"):
                await all_of(parts_of(parts))
        assert set(kinds) == {"next"}
        assert await socket.closed() == (1001, "The gateway is shutting down.")
        assert await asking > 1
        assert await idle.closed()
        with pytest.raises(ConnectionRefusedError):
            await kept(gateway).__aenter__()
        assert not any(prediction.done() for prediction in predictions)
        answers = await asyncio.gather(*predictions)
        assert [said(answer) for answer in answers] == [f"Hello, {number}!" for number in range(MANY)]
        assert {answer.headers["connection"] for answer in answers} == {"close"}
        status, took_s = await ending
    assert (status, took_s < SLACK_S) == (0, True)
    assert {entry["level"] for entry in gateway.logged} == {"info"}
    assert sandbox.prediction.log.in_flight == 0


async def test_what_outlasts_the_limit_is_told_and_cancelled_down_to_the_upstream(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    slow(sandbox, 60.0)
    async with served(tmp_path, sandbox, shutdown_timeout_s=1) as gateway, connected(gateway) as socket:
        await socket.init()
        await socket.subscribe("1", PREDICT, variables={"name": "x"})
        closed = asyncio.create_task(socket.closed())
        predictions = await predict(gateway, 2)
        await eventually(lambda: predicting(sandbox) == 3)
        gateway.signal(signal.SIGTERM)
        status, took_s = await gateway.ended()
        assert (status, 1.0 <= took_s < 1.0 + SLACK_S) == (0, True)
        assert await closed == (1001, "The gateway is shutting down.")
        for answer in await asyncio.gather(*predictions):
            assert (answer.status, answer.errors) == (503, [("", "INTERNAL", None)])
            assert answer.headers["connection"] == "close"
            assert answer.headers["x-request-id"] == answer.body["errors"][0]["extensions"]["requestId"]
        await eventually(lambda: predicting(sandbox) == 0)
    assert [entry["event"] for entry in gateway.logged if entry["level"] != "info"] == ["cut off"] * 3


async def test_a_second_signal_ends_it_at_once(tmp_path: Path, sandbox: Sandbox) -> None:
    slow(sandbox, 60.0)
    async with served(tmp_path, sandbox, shutdown_timeout_s=60, shutdown_delay_s=60) as gateway:
        predictions = await predict(gateway, 2)
        gateway.signal(signal.SIGTERM)
        await until_it_is_not_ready(gateway)
        gateway.signal(signal.SIGINT)
        status, took_s = await gateway.ended()
        assert (status, took_s < SLACK_S) == (0, True)
        assert [answer.status for answer in await asyncio.gather(*predictions)] == [503, 503]
        await eventually(lambda: predicting(sandbox) == 0)


async def test_during_the_delay_it_is_not_ready_and_answers_whoever_still_comes(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    async with served(tmp_path, sandbox, shutdown_delay_s=1.0) as gateway:
        async with gateway.session.get(gateway.url + "/readyz") as response:
            assert response.status == 200
        gateway.signal(signal.SIGINT)
        ending = asyncio.create_task(gateway.ended())
        assert await until_it_is_not_ready(gateway) == {"ready": False, "shuttingDown": True}
        async with kept(gateway) as late:
            assert (await late.get("/healthz"))[0].startswith("200 ")
            assert said(await gateway.post(PREDICT, {"name": "late"})) == "Hello, late!"
            status, took_s = await ending
            assert await late.closed()
        assert (status, 1.0 <= took_s < 1.0 + SLACK_S) == (0, True)


async def until_it_is_not_ready(gateway: Served) -> Any:
    """What ``/readyz`` says then, on a new connection each time."""
    async with asyncio.timeout(SLACK_S), aiohttp.ClientSession() as session:
        while True:
            async with session.get(gateway.url + "/readyz", headers={"Connection": "close"}) as response:
                if response.status == 503:
                    return await response.json()
