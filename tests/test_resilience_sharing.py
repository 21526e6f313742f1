"""Equal reads under way at the same time are one request, and nobody depends on anybody else's patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.errors import GatewayError
from gateway.sandbox.faults import Fault
from gateway.sandbox.server import SandboxServer
from gateway.upstreams.answer import Answer
from gateway.upstreams.http import Upstream
from gateway.upstreams.resilience.allowance import Allowance
from tests.harness import Gateway
from tests.resilience_upstream import api_of, echoing, key_seen, outcome, outcomes, upstream_at


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    async with echoing() as server:
        server.faults.set(Fault("slow", delay_s=0.2))
        yield server


@pytest.fixture
async def upstream(server: SandboxServer) -> AsyncIterator[Upstream]:
    async with upstream_at(server.url) as upstream:
        yield upstream


def reading(upstream: Upstream, count: int, secret: str | None = "same") -> list[asyncio.Task[Answer]]:
    return [asyncio.create_task(api_of(upstream, secret).send("GET", "/echo")) for _ in range(count)]


async def test_equal_reads_of_many_callers_are_one_request(server: SandboxServer, upstream: Upstream) -> None:
    answers = await asyncio.gather(*reading(upstream, 50))
    assert {answer.body for answer in answers} == {b'{"method": "GET", "key": "Bearer same"}'}
    assert len(server.log) == 1
    await asyncio.gather(*reading(upstream, 2))
    assert len(server.log) == 2


async def test_it_can_be_turned_off(server: SandboxServer) -> None:
    async with upstream_at(server.url, share_reads=False) as upstream:
        await asyncio.gather(*reading(upstream, 5))
    assert len(server.log) == 5


async def test_whatever_differs_makes_it_another_request(server: SandboxServer, upstream: Upstream) -> None:
    api = api_of(upstream, "same")
    await asyncio.gather(
        api.send("GET", "/echo"),
        api.send("GET", "/echo/"),
        api.send("GET", "/echo", query={"a": "1"}),
        api.send("GET", "/echo", query={"a": "2"}),
        api.send("GET", "/echo", headers={"fxn-client": "1"}),
        api.send("GET", "/echo", headers={"fxn-client": "2"}),
        api.send("GET", "/echo", key="other"),
        api.send("GET", "/echo", key=None),
        api.send("GET", "/echo", url=server.url + "/elsewhere"),
        api_of(upstream, "another").send("GET", "/echo"),
        api.send("HEAD", "/echo"),
        api.send("GET", "/echo", body={}),
        api.send("GET", "/echo", repeatable=False),
    )
    assert len(server.log) == 13


async def test_what_changes_something_is_never_shared(server: SandboxServer, upstream: Upstream) -> None:
    api = api_of(upstream, "same")
    sending = [api.send(method, "/echo", repeatable=True) for method in ("POST", "PUT", "DELETE") * 3]
    await asyncio.gather(*sending)
    assert len(server.log) == 9


async def test_no_caller_ever_gets_anothers_answer(server: SandboxServer) -> None:
    server.faults.set(Fault("slow", delay_s=0.001))
    async with upstream_at(server.url) as upstream:
        for number in range(200):
            secrets = [f"secret-{number}-{caller}" for caller in (0, 1, 0, 1)]
            seen = await asyncio.gather(*(key_seen(api_of(upstream, secret)) for secret in secrets))
            assert seen == [f"Bearer {secret}" for secret in secrets]
    assert len(server.log) == 400


async def test_the_key_says_nothing_about_the_secret(upstream: Upstream) -> None:
    api = api_of(upstream, "same")
    call = api._call("GET", "/echo", "a-secret", {}, api._deadline({}))
    assert "a-secret" not in repr(call.key) + repr(call)
    assert call.key == api._call("GET", "/echo", "a-secret", {}, api._deadline({})).key


async def test_the_first_one_leaving_costs_the_others_nothing(server: SandboxServer, upstream: Upstream) -> None:
    first, *others = reading(upstream, 5)
    await asyncio.sleep(0.05)
    first.cancel()
    assert await outcomes(others) == ["ok"] * 4
    assert first.cancelled()
    assert len(server.log) == 2  # another one took over


async def test_another_one_leaving_costs_nobody_anything(server: SandboxServer, upstream: Upstream) -> None:
    *others, last = reading(upstream, 5)
    await asyncio.sleep(0.05)
    last.cancel()
    assert await outcomes(others) == ["ok"] * 4
    assert len(server.log) == 1


async def test_the_last_one_who_leaves_closes_the_upstreams_socket(server: SandboxServer, upstream: Upstream) -> None:
    server.faults.set(Fault("slow", delay_s=30))
    readers = reading(upstream, 5)
    await asyncio.sleep(0.05)
    for reader in readers:
        reader.cancel()
    await asyncio.wait(readers)
    await asyncio.sleep(0.1)
    assert server.log.in_flight == 0


async def test_a_failure_is_shared_and_each_caller_has_an_error_of_its_own(
    server: SandboxServer, upstream: Upstream
) -> None:
    server.faults.set(Fault("huge"))
    found = await asyncio.gather(*reading(upstream, 3), return_exceptions=True)
    assert [str(error) for error in found] == ["The answer is larger than the limit."] * 3
    assert all(isinstance(error, GatewayError) and error.service == "invoke" for error in found)
    assert len({id(error) for error in found}) == 3
    assert len(server.log) == 1


async def test_a_broken_connection_is_shared_as_well(server: SandboxServer, upstream: Upstream) -> None:
    server.faults.set(Fault("reset_in_body"))
    assert await outcomes(reading(upstream, 3)) == ["UPSTREAM_INVALID"] * 3
    assert len(server.log) == 3  # the tries of one


async def test_one_callers_short_time_is_not_the_others(server: SandboxServer, upstream: Upstream) -> None:
    hasty = Allowance()
    hasty.limit(0.1, 10)
    first = asyncio.create_task(outcome(api_of(upstream, "same", hasty).send("GET", "/echo")))
    await asyncio.sleep(0)
    others = reading(upstream, 3)
    assert await first == "UPSTREAM_TIMEOUT"
    assert await outcomes(others) == ["ok"] * 3
    assert len(server.log) == 2


async def test_a_short_time_ends_the_waiting_for_another_one(server: SandboxServer, upstream: Upstream) -> None:
    [patient] = reading(upstream, 1)
    await asyncio.sleep(0.01)
    hasty = Allowance()
    hasty.limit(0.05, 10)
    assert await outcome(api_of(upstream, "same", hasty).send("GET", "/echo")) == "UPSTREAM_TIMEOUT"
    assert await outcome(patient) == "ok"
    assert len(server.log) == 1


async def test_a_read_after_a_change_does_not_join_one_from_before(server: SandboxServer, upstream: Upstream) -> None:
    server.faults.set(Fault("slow", match="GET", delay_s=0.2))
    [before] = reading(upstream, 1)
    await asyncio.sleep(0.05)
    await api_of(upstream, "same").send("POST", "/echo")
    [after] = reading(upstream, 1)
    assert await outcomes([before, after]) == ["ok"] * 2
    assert server.log.lines == ["GET /echo", "POST /echo", "GET /echo"]


async def test_equal_queries_of_the_same_caller_are_one_upstream_request(gateway: Gateway) -> None:
    gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=0.2))
    await asyncio.gather(*(gateway.post("{ user { username } }", key="user") for _ in range(5)))
    names = [(await gateway.post("{ user { username } }", key=key)).data["user"] for key in ("user", "admin")]
    assert names == [{"username": "ada"}, {"username": "yusuf"}]
    assert gateway.counts == {"prediction": 3}
