"""A slow upstream takes its own places and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from gateway.errors import UpstreamUnavailable
from gateway.sandbox.faults import Fault
from gateway.sandbox.server import SandboxServer
from gateway.upstreams.api import Api
from gateway.upstreams.http import Upstream
from gateway.upstreams.resilience.allowance import Allowance
from tests.resilience_upstream import api_of, echoing, outcome, outcomes, read_stream, upstream_at


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    async with echoing() as server:
        yield server


@pytest.fixture
async def narrow(server: SandboxServer) -> AsyncIterator[Upstream]:
    limits = {"max_concurrent": 2, "max_queued": 3, "max_streams": 2}
    async with upstream_at(server.url, queue_timeout_s=1.0, **limits) as upstream:
        yield upstream


def sendings(api: Api, count: int) -> list[asyncio.Task[object]]:
    return [asyncio.create_task(api.send("GET", f"/{number}")) for number in range(count)]


async def test_there_are_never_more_at_once_than_the_setting_says(server: SandboxServer, narrow: Upstream) -> None:
    server.faults.set(Fault("slow", delay_s=0.05))
    assert await outcomes(sendings(api_of(narrow), 5)) == ["ok"] * 5
    assert (server.log.peak_in_flight, len(server.log)) == (2, 5)


async def test_who_finds_the_queue_full_is_refused_at_once(server: SandboxServer, narrow: Upstream) -> None:
    server.faults.set(Fault("slow", delay_s=0.2))
    api = api_of(narrow)
    waiting = sendings(api, 5)
    await asyncio.sleep(0.05)
    with pytest.raises(UpstreamUnavailable, match="Too many requests are waiting") as caught:
        await api.send("GET", "/one-more")
    assert (caught.value.retry_after_s, caught.value.service) == (1.0, "invoke")
    assert await outcomes(waiting) == ["ok"] * 5
    assert len(server.log) == 5


async def test_nobody_waits_for_long(server: SandboxServer) -> None:
    server.faults.set(Fault("slow", delay_s=0.5))
    async with upstream_at(server.url, max_concurrent=1, queue_timeout_s=0.1) as upstream:
        found = await outcomes(sendings(api_of(upstream), 3))
    assert found == ["ok", "UPSTREAM_UNAVAILABLE", "UPSTREAM_UNAVAILABLE"]
    assert len(server.log) == 1


async def test_who_has_no_time_to_wait_says_so_and_tells_nobody_else(server: SandboxServer) -> None:
    server.faults.set(Fault("slow", delay_s=0.3))
    async with upstream_at(server.url, max_concurrent=1) as upstream:
        hasty = Allowance()
        hasty.limit(0.1, 10)
        first = asyncio.create_task(api_of(upstream).send("GET", "/first"))
        await asyncio.sleep(0.02)
        short = asyncio.create_task(outcome(api_of(upstream, allowance=hasty).send("GET", "/same")))
        await asyncio.sleep(0.02)
        long = asyncio.create_task(api_of(upstream).send("GET", "/same"))
        assert await outcomes([first, long]) == ["ok", "ok"]
        assert await short == "UPSTREAM_TIMEOUT"
    assert server.log.lines == ["GET /first", "GET /same"]


async def test_who_leaves_the_queue_takes_no_place(server: SandboxServer, narrow: Upstream) -> None:
    server.faults.set(Fault("slow", delay_s=0.2))
    tasks = sendings(api_of(narrow), 5)
    await asyncio.sleep(0.05)
    for task in tasks[1:4]:
        task.cancel()
    assert await outcomes([tasks[0], tasks[4]]) == ["ok"] * 2
    server.faults.clear()
    assert await outcomes(sendings(api_of(narrow), 4)) == ["ok"] * 4
    assert len(server.log) == 2 + 1 + 4


async def test_open_streams_hold_no_place_of_other_requests(server: SandboxServer, narrow: Upstream) -> None:
    api = api_of(narrow)
    async with AsyncExitStack() as streams:
        for _ in range(2):
            await anext(await streams.enter_async_context(api.stream("GET", "/stream")))
        assert await outcomes(sendings(api, 4)) == ["ok"] * 4
        assert await outcome(read_stream(api)) == "UPSTREAM_UNAVAILABLE"
    assert len(server.log) == 6
    async with api.stream("GET", "/stream") as stream:
        assert await anext(stream)
