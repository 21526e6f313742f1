"""What an operation may ask of its upstreams: until when, and how many requests; and hedged reads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.auth.principal import ANONYMOUS
from gateway.errors import BadInput
from gateway.sandbox.faults import Fault
from gateway.sandbox.invoke.seed import SPAM_ID
from gateway.sandbox.server import SandboxServer
from gateway.settings import LimitSettings, Settings
from gateway.upstreams.clients import Clients, Upstreams
from gateway.upstreams.http import new_session
from gateway.upstreams.invoke.invocations import Input, Options
from gateway.upstreams.resilience.allowance import Allowance
from tests.resilience_upstream import api_of, echoing, outcome, outcomes, read_stream, upstream_at


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    async with echoing() as server:
        yield server


def limited(seconds: float, requests: int) -> Allowance:
    allowance = Allowance()
    allowance.limit(seconds, requests)
    return allowance


async def test_a_request_gets_no_more_than_what_is_left_of_the_operations_time(server: SandboxServer) -> None:
    server.faults.set(Fault("slow", delay_s=5))
    async with upstream_at(server.url) as upstream:
        api = api_of(upstream, allowance=limited(0.2, 10))
        started_s = time.monotonic()
        for method in ("GET", "POST"):
            assert await outcome(api.send(method, "/echo")) == "UPSTREAM_TIMEOUT"
        assert await outcome(read_stream(api)) == "UPSTREAM_TIMEOUT"
        assert 0.2 <= time.monotonic() - started_s < 4
    assert len(server.log) == 1  # for the others no time was left, so they were not sent


async def test_waiting_for_another_try_is_part_of_it(server: SandboxServer) -> None:
    server.faults.set(Fault("status", status=503, headers={"Retry-After": "4"}))
    async with upstream_at(server.url) as upstream:
        started_s = time.monotonic()
        assert await outcome(api_of(upstream, allowance=limited(0.5, 10)).send("GET", "/echo")) != "ok"
        assert time.monotonic() - started_s < 4
    assert len(server.log) == 1


async def test_requests_beyond_the_number_are_refused_and_not_sent(server: SandboxServer) -> None:
    async with upstream_at(server.url) as upstream:
        api = api_of(upstream, allowance=limited(60, 3))
        assert await outcomes([api.send("GET", f"/{number}") for number in range(3)]) == ["ok"] * 3
        with pytest.raises(BadInput, match=r"^The operation needs more than 3 upstream requests\.$") as caught:
            await api.send("GET", "/echo")
    assert caught.value.service is None
    assert len(server.log) == 3


async def test_tries_do_not_count_and_a_stream_counts_once(server: SandboxServer) -> None:
    server.faults.set(Fault("status", status=503, times=2))
    async with upstream_at(server.url) as upstream:
        api = api_of(upstream, allowance=limited(60, 2))
        assert await outcome(api.send("GET", "/echo")) == "ok"
        async with api.stream("GET", "/stream") as stream:
            assert await anext(stream)
            with pytest.raises(BadInput):
                await api.send("GET", "/echo")
    assert len(server.log) == 4


async def invoked(settings: Settings, allowance: Allowance, inputs: int) -> list[Any]:
    """The errors of a batch, by the code, and None for those without one."""

    async def verify() -> None:
        pass

    async with new_session() as session:
        clients: Clients = Upstreams(settings, session).clients(ANONYMOUS, verify, allowance)
        kind = await clients.invoke.kind(SPAM_ID)
        given = [Input(data="free prize")] * inputs
        items = [item async for item in clients.invoke.invoke_all(SPAM_ID, kind, given, Options(capture=False))]
        return [item.error and item.error.code for item in items]


async def test_a_full_batch_stays_within_the_default_number(settings: Settings) -> None:
    assert LimitSettings().max_upstream_requests >= 1000 + 1  # each input, and the look-up of the function
    assert await invoked(settings, limited(60, 9), 8) == [None] * 8
    codes = await invoked(settings, limited(60, 6), 8)
    assert sorted(codes, key=str) == ["BAD_INPUT"] * 3 + [None] * 5


async def test_a_slow_read_is_asked_once_more_and_the_first_answer_wins(server: SandboxServer) -> None:
    server.faults.set(Fault("slow", delay_s=30, times=1))
    async with upstream_at(server.url, hedge_after_s=0.05) as upstream:
        started_s = time.monotonic()
        assert await outcome(api_of(upstream).send("GET", "/echo")) == "ok"
        assert 0.05 <= time.monotonic() - started_s < 10
        await asyncio.sleep(0.1)
    assert (len(server.log), server.log.in_flight) == (2, 0)


async def test_only_slow_reads_are_hedged(server: SandboxServer) -> None:
    async with upstream_at(server.url, hedge_after_s=0.1) as upstream:
        await api_of(upstream).send("GET", "/echo")
        server.faults.set(Fault("slow", delay_s=0.2))
        await api_of(upstream).send("POST", "/echo", repeatable=True)
    assert len(server.log) == 2


async def test_hedges_are_part_of_the_retry_budget(server: SandboxServer) -> None:
    server.faults.set(Fault("slow", delay_s=0.2))
    async with upstream_at(server.url, hedge_after_s=0.05, retry_floor=2, retry_budget=0) as upstream:
        api = api_of(upstream)
        assert await outcomes([api.send("GET", f"/{number}") for number in range(10)]) == ["ok"] * 10
    assert len(server.log) == 12


async def test_a_hedge_that_fails_loses_against_a_later_answer(server: SandboxServer) -> None:
    server.faults.set(Fault("slow", delay_s=0.2, times=1), Fault("status", status=500))
    async with upstream_at(server.url, hedge_after_s=0.05) as upstream:
        assert await outcome(api_of(upstream).send("GET", "/echo")) == "ok"
    assert len(server.log) == 2


async def test_a_caller_that_leaves_ends_both(server: SandboxServer) -> None:
    server.faults.set(Fault("slow", delay_s=30))
    async with upstream_at(server.url, hedge_after_s=0.05) as upstream:
        reading = asyncio.create_task(api_of(upstream).send("GET", "/echo"))
        await asyncio.sleep(0.2)
        assert server.log.in_flight == 2
        reading.cancel()
        await asyncio.wait([reading])
        await asyncio.sleep(0.1)
    assert server.log.in_flight == 0
