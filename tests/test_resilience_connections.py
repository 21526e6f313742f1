"""Connections that an upstream closes while nobody uses them: callers do not see it."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.idle_server import IdleServer
from tests.resilience_upstream import api_of, outcome, outcomes, upstream_at

METHODS = ("GET", "POST", "PUT", "DELETE")


@pytest.mark.parametrize("method", METHODS)
async def test_idle_connections_that_were_closed_are_not_seen(method: str) -> None:
    with IdleServer(idle_s=0.1).running() as server:
        async with upstream_at(server.url, max_tries=1) as upstream:
            for pause_s in (0.0, 0.02, 0.13, 0.0, 0.15, 0.2):
                await asyncio.sleep(pause_s)
                assert await outcomes([api_of(upstream).send(method, f"/{n}") for n in range(4)]) == ["ok"] * 4
    assert server.acted == [method] * 24
    assert 12 <= server.connections < 24


@pytest.mark.parametrize("method", METHODS)
async def test_one_that_was_closed_while_the_event_loop_was_busy_is_not_used(method: str) -> None:
    with IdleServer(idle_s=0.05).running() as server:
        async with upstream_at(server.url, max_tries=1) as upstream:
            for _ in range(5):
                assert await outcomes([api_of(upstream).send(method, f"/{n}") for n in range(3)]) == ["ok"] * 3
                time.sleep(0.1)  # noqa: ASYNC251 (the point: the loop cannot hear of it)
    assert server.acted == [method] * 15
    assert server.connections == 15


async def test_a_read_that_is_lost_with_an_old_connection_goes_out_once_more_on_a_new_one() -> None:
    with IdleServer(answers=1).running() as server:
        async with upstream_at(server.url, max_tries=2, retry_floor=0, retry_budget=0) as upstream:
            api = api_of(upstream)
            assert await outcomes([api.send("GET", f"/{number}") for number in range(10)]) == ["ok"] * 10
            assert server.connections == 10
            for _ in range(5):
                assert await outcome(api.send("GET", "/echo")) == "ok"
    assert len(server.acted) == 10 + 2 * 5  # each one lost with an old connection, and sent again


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_change_that_is_lost_with_an_old_connection_is_told_and_not_sent_again(method: str) -> None:
    with IdleServer(answers=1).running() as server:
        async with upstream_at(server.url) as upstream:
            api = api_of(upstream)
            assert await outcome(api.send("GET", "/echo")) == "ok"
            assert await outcome(api.send(method, "/echo", body={"a": 1})) == "UPSTREAM_UNAVAILABLE"
    assert server.acted == ["GET", method]


async def test_a_read_that_is_lost_with_a_new_connection_is_a_failure() -> None:
    with IdleServer(answers=0).running() as server:
        async with upstream_at(server.url, max_tries=1) as upstream:
            assert await outcome(api_of(upstream).send("GET", "/echo")) == "UPSTREAM_UNAVAILABLE"
    assert server.acted == ["GET"]
