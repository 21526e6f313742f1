"""``upstreams { requests errors traffic }``: what each backend was asked in five minutes, and how that went."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.sandbox.faults import Fault
from gateway.sandbox.server import SandboxServer
from gateway.upstreams.http import Upstream
from gateway.upstreams.resilience.traffic import SLICE_S, SLICES, Traffic
from tests.harness import GREETING, Gateway
from tests.resilience_upstream import api_of, echoing, outcome, upstream_at

ASKED = "{ upstreams { name requests errors traffic { requests errors latency } } }"


async def states(gateway: Gateway) -> dict[str, Any]:
    return {each["name"]: each for each in (await gateway.post(ASKED)).data["upstreams"]}


async def test_requests_count_and_looking_does_not(gateway: Gateway) -> None:
    assert {name: state["requests"] for name, state in (await states(gateway)).items()} == dict.fromkeys(
        ("prediction", "deployment", "function_admin", "invoke"), 0
    )
    await gateway.post(f'{{ predictor(input: {{tag: "{GREETING}"}}) {{ tag }} trainedFunctions {{ id }} }}')
    found = await states(gateway)
    assert {name: (state["requests"], state["errors"]) for name, state in found.items()} == {
        "prediction": (1, 0), "deployment": (0, 0), "function_admin": (0, 0), "invoke": (1, 0),
    }  # fmt: skip


async def test_the_minutes_come_in_slices_with_the_latest_last(gateway: Gateway) -> None:
    await gateway.post(f'{{ predictor(input: {{tag: "{GREETING}"}}) {{ tag }} }}')
    traffic = (await states(gateway))["prediction"]["traffic"]
    assert len(traffic) == 30
    assert sum(each["requests"] for each in traffic[-2:]) == 1  # a slice may just have ended
    assert [each["latency"] is None for each in traffic] == [each["requests"] == 0 for each in traffic]
    assert 0 < max(each["latency"] or 0 for each in traffic) < 10_000


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    async with echoing() as server:
        yield server


def counted(upstream: Upstream) -> tuple[int, int, int]:
    """Requests, errors, answers."""
    slices = upstream.traffic.slices()
    return (
        sum(each.requests for each in slices),
        sum(each.errors for each in slices),
        sum(each.answers for each in slices),
    )


async def test_every_try_counts_and_a_5xx_is_an_error(server: SandboxServer) -> None:
    async with upstream_at(server.url, max_tries=3, retry_wait_s=0.001) as upstream:
        server.faults.set(Fault("status", status=503, times=2))
        assert await outcome(api_of(upstream).send("GET", "/echo")) == "ok"
        assert counted(upstream) == (3, 2, 3)
        server.faults.set(Fault("status", status=404, times=1))
        await outcome(api_of(upstream).send("GET", "/echo"))
        assert counted(upstream) == (4, 2, 4)


async def test_no_answer_in_time_is_an_error_without_latency(server: SandboxServer) -> None:
    async with upstream_at(server.url, max_tries=1, try_timeout_s=0.05) as upstream:
        server.faults.set(Fault("slow", delay_s=1))
        await outcome(api_of(upstream).send("GET", "/echo"))
        assert counted(upstream) == (1, 1, 0)


async def test_what_the_breaker_refuses_is_not_sent_and_does_not_count(server: SandboxServer) -> None:
    async with upstream_at(server.url, max_tries=1, breaker_min_requests=2) as upstream:
        server.faults.set(Fault("status", status=500))
        for _ in range(5):
            await outcome(api_of(upstream).send("GET", "/echo"))
        assert counted(upstream) == (2, 2, 2)


def test_what_is_older_than_five_minutes_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 1_000.0
    monkeypatch.setattr("time.monotonic", lambda: now_s)
    traffic = Traffic()
    traffic.settled(failed=True)
    traffic.answered(now_s - 0.25)
    now_s += SLICE_S * (SLICES - 1)
    traffic.settled(failed=False)
    first, *between, last = traffic.slices()
    assert (first.requests, first.errors, first.seconds, last.requests, last.errors) == (1, 1, 0.25, 1, 0)
    assert sum(each.requests for each in between) == 0
    now_s += SLICE_S
    assert [each.requests for each in traffic.slices()][-3:] == [0, 1, 0]
    assert sum(each.requests for each in traffic.slices()) == 1
