"""Places of the vendor's limits, in a store: none is held for a caller who has left."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.settings import Settings, read
from gateway.store.interface import Seats
from gateway.store.opening import open_store
from gateway.upstreams.invoke.limits import Limiter
from gateway.upstreams.invoke.shared_limits import LEASE_S, SharedLimiter
from tests.redis_server import running_redis

MANY = Seats(at_once=1000, in_window=1000, window_s=1.0, lease_s=LEASE_S)


async def left_after(turns: int, limiter: SharedLimiter) -> bool:
    """Enter, and leave after so many turns of the event loop. Whether the place was not given until then."""
    entering = asyncio.create_task(limiter.enter())
    for _ in range(turns):
        await asyncio.sleep(0)
    entering.cancel()
    (result,) = await asyncio.gather(entering, return_exceptions=True)
    if result is None:
        limiter.leave()
    return result is not None


@pytest.mark.slow
async def test_a_caller_who_leaves_while_it_asks_leaves_no_place_held(tmp_path: Path) -> None:
    async with running_redis(tmp_path) as server:
        settings = read(Settings, {"store": server.url, "store_timeout_s": 2.0})
        async with open_store(settings) as store, server.client() as client:
            limiter = SharedLimiter(Limiter(1000, 1000), store, "p", MANY)
            assert [await left_after(turns, limiter) for turns in range(40)].count(True) > 5
            async with asyncio.timeout(LEASE_S / 3):
                while await client.zcard("fngraph:p:held"):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            assert await client.zcard("fngraph:p:recent") > 0
            assert not store.degraded
