"""An upstream that fails is left alone for a while, then tried with one request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.errors import UpstreamUnavailable
from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.sandbox.server import SandboxServer
from gateway.settings import Settings
from gateway.upstreams.http import Upstream
from gateway.upstreams.resilience.allowance import Allowance
from tests.harness import Gateway, serving, with_upstream
from tests.resilience_upstream import api_of, echoing, outcome, outcomes, read_stream, upstream_at

TOUCHY: dict[str, Any] = {"breaker_min_requests": 4, "breaker_open_s": 0.2, "max_tries": 1}
DOWN = Fault("status", status=500)


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    async with echoing() as server:
        yield server


@pytest.fixture
async def upstream(server: SandboxServer) -> AsyncIterator[Upstream]:
    async with upstream_at(server.url, **TOUCHY) as upstream:
        yield upstream


def state(upstream: Upstream) -> str:
    return upstream.breaker.value


async def asked(upstream: Upstream, times: int) -> list[str]:
    """The outcomes of as many reads, one after the other."""
    return [await outcome(api_of(upstream).send("GET", "/echo")) for _ in range(times)]


async def test_it_opens_after_enough_failures_and_then_nothing_is_sent(
    server: SandboxServer, upstream: Upstream
) -> None:
    server.faults.set(DOWN)
    await asked(upstream, 3)
    assert state(upstream) == "CLOSED"
    await asked(upstream, 5)
    assert state(upstream) == "OPEN"
    assert len(server.log) == 4
    with pytest.raises(UpstreamUnavailable, match="no requests are sent") as caught:
        await api_of(upstream).send("POST", "/echo")
    assert caught.value.retry_after_s == 1.0
    assert len(server.log) == 4


async def test_half_of_the_requests_must_fail(server: SandboxServer, upstream: Upstream) -> None:
    await asked(upstream, 5)
    server.faults.set(DOWN)
    await asked(upstream, 4)
    assert state(upstream) == "CLOSED"
    await asked(upstream, 1)
    assert state(upstream) == "OPEN"


async def test_one_trial_closes_it_again(server: SandboxServer, upstream: Upstream) -> None:
    server.faults.set(DOWN)
    await asked(upstream, 4)
    await asyncio.sleep(0.25)
    assert state(upstream) == "HALF_OPEN"
    server.log.clear()
    server.faults.set(Fault("slow", delay_s=0.1))
    found = await outcomes([api_of(upstream).send("GET", f"/{number}") for number in range(5)])
    assert sorted(found) == ["UPSTREAM_UNAVAILABLE"] * 4 + ["ok"]
    assert len(server.log) == 1
    assert state(upstream) == "CLOSED"
    assert await asked(upstream, 3) == ["ok"] * 3


async def test_a_trial_that_fails_opens_it_for_twice_as_long(server: SandboxServer, upstream: Upstream) -> None:
    server.faults.set(DOWN)
    await asked(upstream, 4)
    await asyncio.sleep(0.25)
    await asked(upstream, 1)
    assert state(upstream) == "OPEN"
    await asyncio.sleep(0.25)
    assert state(upstream) == "OPEN"
    await asyncio.sleep(0.25)
    assert state(upstream) == "HALF_OPEN"
    assert len(server.log) == 5


async def test_a_trial_whose_caller_leaves_is_followed_by_another(server: SandboxServer, upstream: Upstream) -> None:
    server.faults.set(DOWN)
    await asked(upstream, 4)
    await asyncio.sleep(0.25)
    server.faults.set(Fault("slow", delay_s=5, times=1))
    trial = asyncio.create_task(api_of(upstream).send("GET", "/trial"))
    await asyncio.sleep(0.05)
    assert await asked(upstream, 1) == ["UPSTREAM_UNAVAILABLE"]
    trial.cancel()
    await asyncio.wait([trial])
    assert await asked(upstream, 1) == ["ok"]
    assert state(upstream) == "CLOSED"


async def test_time_outs_and_refused_connections_are_failures(server: SandboxServer) -> None:
    server.faults.set(Fault("slow", delay_s=5))
    async with upstream_at(server.url, **TOUCHY, try_timeout_s=0.05) as upstream:
        assert await asked(upstream, 4) == ["UPSTREAM_TIMEOUT"] * 4
        assert state(upstream) == "OPEN"
    async with upstream_at("http://127.0.0.1:9", **TOUCHY) as upstream:
        await asked(upstream, 4)
        assert state(upstream) == "OPEN"


@pytest.mark.parametrize("status", [400, 401, 404, 408, 429])
async def test_a_refusal_is_no_failure(server: SandboxServer, upstream: Upstream, status: int) -> None:
    server.faults.set(Fault("status", status=status))
    await asked(upstream, 10)
    assert state(upstream) == "CLOSED"


async def test_a_caller_that_leaves_is_no_failure(server: SandboxServer, upstream: Upstream) -> None:
    server.faults.set(Fault("slow", delay_s=5))
    leaving = [asyncio.create_task(api_of(upstream).send("GET", f"/{number}")) for number in range(10)]
    await asyncio.sleep(0.1)
    for task in leaving:
        task.cancel()
    await asyncio.wait(leaving)
    assert len(server.log) == 10
    assert state(upstream) == "CLOSED"


async def test_a_caller_without_time_is_no_failure(server: SandboxServer, upstream: Upstream) -> None:
    server.faults.set(Fault("slow", delay_s=5))
    hasty = Allowance()
    hasty.limit(0.1, 100)
    api = api_of(upstream, allowance=hasty)
    assert await outcomes([api.send("GET", f"/{n}") for n in range(10)]) == ["UPSTREAM_TIMEOUT"] * 10
    assert len(server.log) == 10
    assert state(upstream) == "CLOSED"


async def test_a_stream_is_held_back_and_counts_as_well(server: SandboxServer, upstream: Upstream) -> None:
    server.faults.set(DOWN)
    for _ in range(6):
        await outcome(read_stream(api_of(upstream)))
    assert state(upstream) == "OPEN"
    assert len(server.log) == 4


async def test_a_service_with_an_address_of_its_own_fails_alone(server: SandboxServer, upstream: Upstream) -> None:
    api = api_of(upstream)
    async with echoing() as service:
        service.faults.set(DOWN)
        for _ in range(6):
            await outcome(api.send("GET", "/echo", url=f"{service.url}/one"))
        assert await outcome(api.send("GET", "/echo", url=f"{service.url}/two")) == "UPSTREAM_UNAVAILABLE"
        service.faults.clear()
        assert await outcome(api.send("GET", "/echo", url=f"{service.url}/two")) == "ok"
    assert len(service.log) == 6
    assert await asked(upstream, 1) == ["ok"]


async def states(gateway: Gateway) -> tuple[Any, Any]:
    """The breaker of function_admin, as ``upstreams`` and as ``/readyz`` say."""
    answer = await gateway.post("{ upstreams { name reachable breaker } }")
    [shown] = [each for each in answer.data["upstreams"] if each["name"] == "function_admin"]
    async with gateway.session.get(gateway.url + "/readyz") as response:
        ready = (await response.json())["upstreams"]["function_admin"]
    return shown["breaker"], ready["breaker"]


async def test_its_state_is_seen_from_outside(sandbox: Sandbox, settings: Settings) -> None:
    changed = with_upstream(settings, "function_admin", **TOUCHY)
    async with serving(changed, sandbox) as gateway:
        server = sandbox.function_admin
        assert await states(gateway) == ("CLOSED", "CLOSED")
        server.faults.set(Fault("status", match="functions", status=500))
        server.log.clear()
        for _ in range(6):
            answer = await gateway.post('{ function(input: {id: "my_function"}) { name } }')
            assert answer.errors == [("function", "UPSTREAM_UNAVAILABLE", "function_admin")]
        assert len(server.log) == 4
        assert answer.body["errors"][0]["extensions"]["retryAfter"] == 1.0
        assert await states(gateway) == ("OPEN", "OPEN")
        await asyncio.sleep(0.25)
        assert await states(gateway) == ("HALF_OPEN", "HALF_OPEN")
        server.faults.clear()
        assert (await gateway.post('{ function(input: {id: "my_function"}) { name } }')).data["function"]
        assert await states(gateway) == ("CLOSED", "CLOSED")
