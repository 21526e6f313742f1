"""Points that copies count together: spent without waiting, and known to all a moment later."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from gateway.auth.caller_id import CallerId
from gateway.callers.accounts import Callers
from gateway.callers.ledger import Ledger
from gateway.errors import RateLimited
from gateway.settings import CallerSettings, Settings, read
from gateway.store.opening import open_store
from tests.redis_server import RedisServer

ADA = CallerId("key:ada", None)
BOTH = CallerId("upstream:1", "192.0.2.1")


@pytest.fixture
async def copies(redis: RedisServer) -> AsyncIterator[list[Callers]]:
    """Two, where a caller has ten requests, one more comes back in 100 s, and an address has 20."""
    numbers = {"points_per_second": 1, "burst_points": 1000, "min_points": 100, "address_factor": 2}
    async with contextlib.AsyncExitStack() as stack:
        settings = read(Settings, {"store": redis.url, "store_timeout_s": 2.0})
        stores = [await stack.enter_async_context(open_store(settings)) for _ in range(2)]
        yield [Callers(CallerSettings(**numbers, max_operations=3), ledger=Ledger(store)) for store in stores]


async def settled() -> None:
    """Wait until the store has been told all that was spent, and has answered."""
    telling = [task for task in asyncio.all_tasks() if "Ledger._tell" in repr(task.get_coro())]
    assert telling
    await asyncio.wait(telling)


def admitted(limited: Callers, caller: CallerId, times: int) -> int:
    """How many of so many requests pass, without a turn of the event loop in between."""
    passed = 0
    for _ in range(times):
        with contextlib.suppress(RateLimited), limited.account(caller).admit(0):
            passed += 1
    return passed


async def test_what_one_copy_has_given_the_other_has_not(copies: list[Callers]) -> None:
    here, there = copies
    assert admitted(here, ADA, 7) == 7
    await settled()
    assert admitted(there, ADA, 1) == 1  # the first it hears of the other's seven is the answer to this one's message
    await settled()
    assert admitted(there, ADA, 10) == 2
    await settled()
    assert admitted(here, ADA, 1) == 1  # it hears of those two with its next message, which this one is
    await settled()
    assert [admitted(copy, ADA, 10) for copy in copies] == [0, 0]


async def test_what_a_caller_got_too_much_is_a_debt(copies: list[Callers]) -> None:
    here, there = copies
    assert admitted(here, ADA, 10) == 10
    assert admitted(there, ADA, 5) == 5  # whichever of the two messages the store has first
    await settled()
    for copy, missing in ((here, 700), (there, 800)):
        copy.account(ADA).charge_refused()  # 100 more
        await settled()
        with pytest.raises(RateLimited) as refused:
            copy.account(ADA).check()
        assert refused.value.retry_after_s == pytest.approx(missing, abs=2)


async def test_a_key_and_its_address_are_both_counted_together(copies: list[Callers]) -> None:
    here, there = copies
    assert admitted(here, BOTH, 20) == 10
    await settled()
    assert admitted(there, CallerId("upstream:2", BOTH.address), 1) == 1
    await settled()
    assert admitted(there, CallerId("upstream:2", BOTH.address), 20) == 9
    assert admitted(there, CallerId("upstream:3", BOTH.address), 20) == 0


async def test_operations_at_once_are_each_copys_own(copies: list[Callers]) -> None:
    with contextlib.ExitStack() as running:
        for copy in copies:
            for _ in range(3):
                running.enter_context(copy.account(ADA).admit(0))
            with pytest.raises(RateLimited, match="at once"):
                copy.account(ADA).admit(0)


async def test_a_store_that_has_lost_its_numbers_forgives_nothing(redis: RedisServer, copies: list[Callers]) -> None:
    here, _ = copies
    assert admitted(here, ADA, 10) == 10
    await settled()
    async with redis.client() as client:
        await client.flushall()
    here.account(ADA).charge_refused()
    await settled()
    assert admitted(here, ADA, 1) == 0


async def test_callers_are_not_named_in_the_store(redis: RedisServer, copies: list[Callers]) -> None:
    for copy in copies:
        admitted(copy, ADA, 1)
        admitted(copy, BOTH, 1)
    await settled()
    names = [name for name in await redis.content() if name != b"fngraph:probe"]
    assert len(names) == 3
    assert not any(text in name for name in names for text in (b"ada", b"upstream", b"192"))
