"""What a store promises, held by each kind: in memory, and on a real server that two copies share."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.settings import Settings, read
from gateway.store.interface import Charge, Seats, Store
from gateway.store.memory import MAX_BYTES, Memory
from gateway.store.names import Names
from gateway.store.opening import open_store
from tests.redis_server import running_redis

SEATS = Seats(at_once=2, in_window=3, window_s=0.3, lease_s=0.2)
HERE = Charge("bucket", points=100, points_per_second=1000, burst_points=1000)


class Copies(NamedTuple):
    """The store as two copies of a gateway see it."""

    here: Store
    there: Store


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.slow)])
async def copies(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Copies]:
    if request.param == "memory":
        memory = Memory()
        yield Copies(memory, memory)
        return
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(running_redis(tmp_path))
        settings = read(Settings, {"store": server.url, "store_timeout_s": 2.0})
        stores = [await stack.enter_async_context(open_store(settings)) for _ in range(2)]
        yield Copies(*stores)
        assert not any(store.degraded for store in stores)


async def test_a_value_is_there_for_its_time(copies: Copies) -> None:
    assert await copies.here.get("a", 10) is None
    await copies.here.put("a", b"first", 60)
    assert await copies.here.put("a", b"\0\xff", 0.2) is True
    assert await copies.there.get("a", 10) == b"\0\xff"
    await asyncio.sleep(0.25)
    assert await copies.there.get("a", 10) is None


async def test_a_value_that_is_larger_than_wanted_is_none(copies: Copies) -> None:
    await copies.here.put("a", bytes(1000), 60)
    assert await copies.there.get("a", 999) is None
    assert await copies.there.get("a", 1000) == bytes(1000)


async def test_the_first_mark_is_what_all_agree_on_until_it_is_removed(copies: Copies) -> None:
    assert await copies.here.settle("m", b"here", 60) == b"here"
    assert await copies.there.settle("m", b"there", 60) == b"here"
    await copies.there.remove("m", b"there")
    assert await copies.here.settle("m", b"again", 60) == b"here"
    await copies.here.remove("m", b"here")
    assert await copies.there.settle("m", b"there", 0.1) == b"there"
    await asyncio.sleep(0.15)
    assert await copies.here.settle("m", b"here", 60) == b"here"


async def test_a_mark_that_is_too_long_is_replaced(copies: Copies) -> None:
    await copies.here.put("m", bytes(65), 60)
    assert await copies.there.settle("m", b"there", 60) == b"there"


async def test_points_of_all_copies_are_one_account(copies: Copies) -> None:
    other = HERE._replace(name="other", points=50)
    first = await copies.here.charge([HERE, other])
    second = await copies.there.charge([HERE, HERE])
    assert [round(each, 2) for each in (*first, *second)] == pytest.approx([0.1, 0.05, 0.2, 0.3], abs=0.05)


async def test_points_come_back_with_time_and_a_debt_is_bounded(copies: Copies) -> None:
    (wait_s,) = await copies.here.charge([HERE._replace(points=1e12)])
    assert wait_s == pytest.approx(2.0, abs=0.001)
    await asyncio.sleep(0.2)
    (wait_s,) = await copies.there.charge([HERE._replace(points=0)])
    assert 1.0 < wait_s <= 1.81


async def test_places_are_given_to_so_many_at_once(copies: Copies) -> None:
    assert [await copies.here.enter("p", lease, SEATS) for lease in ("1", "2")] == [0.0, 0.0]
    assert await copies.there.enter("p", "3", SEATS) > 0
    assert await copies.here.enter("p", "1", SEATS) == 0.0
    await copies.here.leave("p", "1", SEATS)
    assert await copies.there.enter("p", "3", SEATS) == 0.0


async def test_places_are_given_to_so_many_in_a_window_from_their_end(copies: Copies) -> None:
    for lease in ("1", "2", "3"):
        assert await copies.here.enter("p", lease, SEATS) == 0.0
        await copies.here.leave("p", lease, SEATS)
    wait_s = await copies.there.enter("p", "4", SEATS)
    assert 0 < wait_s <= SEATS.window_s
    await asyncio.sleep(wait_s + 0.02)
    assert await copies.there.enter("p", "4", SEATS) == 0.0


async def test_a_place_that_is_not_renewed_is_given_to_others(copies: Copies) -> None:
    assert [await copies.here.enter("p", lease, SEATS) for lease in ("dead", "alive")] == [0.0, 0.0]
    for _ in range(3):
        await asyncio.sleep(0.08)
        assert await copies.here.enter("p", "alive", SEATS) == 0.0
    assert await copies.there.enter("p", "new", SEATS) == 0.0
    assert await copies.there.enter("p", "newer", SEATS) > 0


async def test_members_are_there_each_for_its_time(copies: Copies) -> None:
    assert await copies.here.members("s") == frozenset()
    await copies.here.add("s", ["a", "b"], 0.2)
    await copies.there.add("s", ["b", "c"], 60)
    assert await copies.here.members("s") == {"a", "b", "c"}
    await asyncio.sleep(0.25)
    assert await copies.here.members("s") == {"b", "c"}


async def test_a_set_that_is_full_takes_no_more_and_says_so(copies: Copies) -> None:
    assert await copies.here.add("s", ["mine"], 60) is True
    assert await copies.here.add("s", [str(number) for number in range(9_999)], 60) is True
    assert await copies.there.add("s", ["mine", "0"], 60) is True
    assert await copies.there.add("s", ["other"], 60) is False
    members = await copies.here.members("s")
    assert (len(members), "mine" in members, "other" in members) == (10_000, True, False)


async def test_names_are_the_same_for_copies_and_say_only_the_kind(copies: Copies) -> None:
    names = {copies.here.names.of(*parts) for parts in (("a", "bc"), ("ab", "c"), ("a", "b", "c"), ("a", ["b", "c"]))}
    assert len(names) == 4
    assert copies.here.names.of("a", "bc") == copies.there.names.of("a", "bc")
    assert all(re.fullmatch("ab?:[0-9a-f]{64}", name) for name in names)


def test_names_differ_by_the_secret() -> None:
    assert Names("one").of("a", "b") != Names("two").of("a", "b")


async def test_memory_is_bounded() -> None:
    memory = Memory()
    for number in range(100):
        await memory.put(str(number), bytes(MAX_BYTES // 10), 60)
    kept = [await memory.get(str(number), MAX_BYTES) for number in range(100)]
    assert [value is not None for value in kept] == [False] * 91 + [True] * 9


async def test_memory_forgets_the_oldest_of_too_many_buckets() -> None:
    memory = Memory(clock=lambda: 0.0)
    await memory.charge([HERE._replace(name=str(number)) for number in range(10_050)])
    assert await memory.charge([HERE._replace(name=name) for name in ("0", "10049")]) == [0.1, 0.2]


async def test_memory_forgets_the_oldest_of_too_many_accounts_that_are_given_back() -> None:
    memory, one = Memory(clock=lambda: 0.0), SEATS._replace(in_window=1)
    for number in range(10_050):
        await memory.leave(str(number), "1", one)
    assert await memory.enter("10049", "2", one) > 0
    assert await memory.enter("49", "2", one) == 0.0


async def test_memory_forgets_the_oldest_of_too_many_sets() -> None:
    memory = Memory(clock=lambda: 0.0)
    for number in range(10_050):
        await memory.add(str(number), ["a"], 60)
        assert await memory.members(f"unknown {number}") == frozenset()
    assert await memory.members("49") == frozenset()
    assert await memory.members("50") == {"a"}
