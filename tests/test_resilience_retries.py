"""What is sent again, how often, and what never is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from gateway.errors import GatewayError
from gateway.sandbox.faults import Fault
from gateway.sandbox.server import SandboxServer
from tests.harness import Gateway
from tests.resilience_upstream import ROUTES, api_of, echoing, outcome, outcomes, read_stream, upstream_at

NEVER_OPEN = {"breaker_min_requests": 10_000}
PATIENT = dict.fromkeys(("connect_timeout_s", "queue_timeout_s", "try_timeout_s", "total_timeout_s"), 60.0)
"""For many requests at once, on a machine that may be loaded."""
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    async with echoing() as server:
        yield server


async def test_a_read_that_fails_twice_is_three_requests_and_an_answer(server: SandboxServer) -> None:
    server.faults.set(Fault("status", status=503, times=2))
    async with upstream_at(server.url) as upstream:
        assert await outcome(api_of(upstream).send("GET", "/echo")) == "ok"
    assert server.log.lines == ["GET /echo"] * 3


async def test_a_read_that_fails_three_times_is_an_error(server: SandboxServer) -> None:
    server.faults.set(Fault("status", status=503))
    async with upstream_at(server.url) as upstream:
        assert await outcome(api_of(upstream).send("GET", "/echo")) == "UPSTREAM_UNAVAILABLE"
    assert len(server.log) == 3


@pytest.mark.parametrize("fault", ["status 503", "reset_in_header", "reset_in_body", "half_a_body"])
@pytest.mark.parametrize("method", CHANGING)
async def test_what_changes_something_is_never_sent_twice(server: SandboxServer, method: str, fault: str) -> None:
    async with upstream_at(server.url) as upstream:
        api = api_of(upstream)
        await api.send("GET", "/echo")  # leaves a connection behind, which the next request goes out on
        server.log.clear()
        server.faults.set(Fault("status", status=503) if fault == "status 503" else Fault(fault))
        assert (await outcome(api.send(method, "/echo", body={"a": 1}))).startswith("UPSTREAM_")
        assert await outcome(api.send(method, "/echo")) != "ok"
    assert server.log.lines == [f"{method} /echo"] * 2


async def test_what_its_client_calls_repeatable_is_sent_again_with_its_whole_body(server: SandboxServer) -> None:
    server.faults.set(Fault("status", status=503, times=1), Fault("reset_in_header", times=1))
    async with upstream_at(server.url) as upstream:
        await api_of(upstream).send("POST", "/echo", body={"a": "b" * 100_000}, repeatable=True)
    assert [len(request.body) for request in server.log] == [100_008] * 3


@pytest.mark.parametrize(
    ("status", "requests"),
    [(400, 1), (404, 1), (408, 1), (429, 1), (500, 1), (501, 1), (502, 3), (503, 3), (504, 3)],
)
async def test_only_statuses_that_pass_are_worth_another_try(server: SandboxServer, status: int, requests: int) -> None:
    server.faults.set(Fault("status", status=status))
    async with upstream_at(server.url) as upstream:
        assert (await api_of(upstream).exchange("GET", "/echo")).status == status
    assert len(server.log) == requests


@pytest.mark.parametrize("kind", ["reset_in_header", "reset_in_body", "half_a_body"])
async def test_a_read_that_breaks_off_is_sent_again(server: SandboxServer, kind: str) -> None:
    server.faults.set(Fault(kind, times=1))
    async with upstream_at(server.url) as upstream:
        assert await outcome(api_of(upstream).send("GET", "/echo")) == "ok"
    assert len(server.log) == 2


@pytest.mark.parametrize("kind", ["html", "bad_json", "wrong_types"])
async def test_a_wrong_answer_is_not_asked_for_again(server: SandboxServer, kind: str) -> None:
    server.faults.set(Fault(kind))
    async with upstream_at(server.url) as upstream:
        assert await outcome(api_of(upstream).get("/echo", dict)) == "UPSTREAM_INVALID"
    assert len(server.log) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_waited_for(server: SandboxServer, status: int) -> None:
    server.faults.set(Fault("status", status=status, times=1, headers={"Retry-After": "1"}))
    started_s = time.monotonic()
    async with upstream_at(server.url) as upstream:
        assert await outcome(api_of(upstream).send("GET", "/echo")) == "ok"
    assert 1 <= time.monotonic() - started_s < 3
    assert len(server.log) == 2


@pytest.mark.parametrize("status", [429, 503])
async def test_a_retry_after_beyond_the_deadline_is_told_at_once(server: SandboxServer, status: int) -> None:
    server.faults.set(Fault("status", status=status, headers={"Retry-After": "31"}))
    started_s = time.monotonic()
    async with upstream_at(server.url) as upstream:
        with pytest.raises(GatewayError) as caught:
            await api_of(upstream).send("GET", "/echo")
    assert (caught.value.retry_after_s, len(server.log)) == (31, 1)
    assert time.monotonic() - started_s < 1


async def test_a_time_out_is_tried_again_only_while_a_whole_try_fits(server: SandboxServer) -> None:
    server.faults.set(Fault("slow", delay_s=5))
    async with upstream_at(server.url, try_timeout_s=0.2, total_timeout_s=0.5, max_tries=9) as upstream:
        started_s = time.monotonic()
        assert await outcome(api_of(upstream).send("GET", "/echo")) == "UPSTREAM_TIMEOUT"
        assert 0.4 <= time.monotonic() - started_s < 4
    assert len(server.log) == 2


async def test_what_may_not_be_repeated_has_the_whole_time_for_its_one_try(server: SandboxServer) -> None:
    server.faults.set(Fault("slow", delay_s=0.3))
    async with upstream_at(server.url, try_timeout_s=0.1, total_timeout_s=5) as upstream:
        assert await outcome(api_of(upstream).send("POST", "/echo")) == "ok"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_found_nobody_listening_was_not_sent_so_it_is_tried_again(method: str) -> None:
    async with echoing() as gone:
        pass
    async with upstream_at(gone.url, max_tries=1000, retry_floor=1000, retry_wait_s=0.02, **NEVER_OPEN) as upstream:
        sending = asyncio.create_task(outcome(api_of(upstream).send(method, "/echo")))
        await asyncio.sleep(0.1)
        assert not sending.done()
        late = SandboxServer("late", ROUTES, port=gone.port)
        await late.start()
        assert await sending == "ok"
        await late.stop()
    assert late.log.lines == [f"{method} /echo"]


async def test_a_hundred_reads_of_a_dead_upstream_are_a_fifth_more_requests_and_the_floor(
    server: SandboxServer,
) -> None:
    server.faults.set(Fault("status", status=503))
    async with upstream_at(server.url, **NEVER_OPEN, **PATIENT) as upstream:
        api = api_of(upstream)
        found = await outcomes([api.send("GET", f"/{number}") for number in range(100)])
    assert found == ["UPSTREAM_UNAVAILABLE"] * 100
    assert len(server.log) == 100 + 20 + 10


async def test_without_a_budget_nothing_is_sent_again(server: SandboxServer) -> None:
    server.faults.set(Fault("status", status=503))
    async with upstream_at(server.url, retry_budget=0, retry_floor=0) as upstream:
        await outcome(api_of(upstream).send("GET", "/echo"))
    assert len(server.log) == 1


async def test_a_stream_is_sent_again_until_its_head_is_there_and_never_after(server: SandboxServer) -> None:
    async with upstream_at(server.url) as upstream:
        server.faults.set(Fault("status", status=503, times=2))
        async with api_of(upstream).stream("GET", "/stream") as chunks:
            assert await anext(chunks)
        assert len(server.log) == 3
        server.log.clear()
        server.faults.set(Fault("reset_in_body"))
        assert await outcome(read_stream(api_of(upstream))) == "UPSTREAM_INVALID"
    assert len(server.log) == 1


async def test_a_query_outlives_two_failures_and_a_mutation_is_sent_once(gateway: Gateway) -> None:
    server = gateway.sandbox.function_admin
    server.faults.set(Fault("status", status=503, times=2))
    answer = await gateway.post('{ function(input: {id: "my_function"}) { name } }')
    assert (answer.data["function"]["name"], len(server.log)) == ("My Function", 3)
    server.log.clear()
    server.faults.set(Fault("status", status=503))
    answer = await gateway.post('mutation { toggleFunction(input: {id: "my_function"}) { id } }')
    assert answer.errors == [("toggleFunction", "UPSTREAM_UNAVAILABLE", "function_admin")]
    assert len(server.log) == 1
