"""A mutation drops its caller's kept answers in the store, whatever happens to its client or to the store."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import structlog

from gateway.auth.principal import Principal
from gateway.http import stored_answers
from gateway.http.stored_answers import StoredAnswers
from gateway.settings import Settings, read
from gateway.store.interface import Store
from gateway.store.opening import open_store
from gateway.store.redis import MAX_CONNECTIONS
from tests.redis_server import RedisServer

ADA = Principal("ada", frozenset(), "secret")
BOB = Principal("bob", frozenset(), "other")
PATIENCE_S = 10.0


class Kept(NamedTuple):
    flawless: bool
    content: bytes


class Copy(NamedTuple):
    store: Store
    answers: StoredAnswers[Kept]

    async def mark(self) -> bytes:
        return await self.answers.mark(ADA)

    async def until(self, degraded: bool) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.store.degraded is not degraded:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@pytest.fixture
async def copies(redis: RedisServer) -> AsyncIterator[list[Copy]]:
    settings = read(Settings, {"store": redis.url, "store_timeout_s": 2.0})
    async with contextlib.AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(open_store(settings)) for _ in range(2)]
        yield [Copy(store, StoredAnswers(store, lambda content: Kept(True, content))) for store in stores]


async def until_another_mark(copy: Copy, old: bytes) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await copy.mark() == old:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_client_who_leaves_while_the_store_is_told_has_its_answers_dropped(
    redis: RedisServer, copies: list[Copy]
) -> None:
    here, there = copies
    old = await here.mark()
    redis.freeze()
    busy = [asyncio.create_task(here.store.get("a", 1)) for _ in range(MAX_CONNECTIONS)]
    await asyncio.sleep(0)
    dropping = asyncio.create_task(here.answers.drop(ADA))
    await asyncio.sleep(0)  # it has begun, and waits for its turn
    dropping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dropping
    redis.thaw()
    await asyncio.gather(*busy)
    assert not here.store.degraded
    assert await here.mark() != old
    await until_another_mark(there, old)


async def test_a_mutation_that_the_store_missed_holds_as_soon_as_it_is_back(
    redis: RedisServer, copies: list[Copy]
) -> None:
    here, there = copies
    old = await here.mark()
    redis.freeze()
    await here.until(degraded=True)
    await here.answers.drop(ADA)
    redis.thaw()
    async with asyncio.timeout(PATIENCE_S):
        while here.store.degraded:
            assert await here.mark() != old
            await asyncio.sleep(0)
    assert await here.mark() != old
    await there.until(degraded=False)
    await until_another_mark(there, old)
    async with asyncio.timeout(PATIENCE_S):
        while await here.mark() != await there.mark():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_mutation_that_is_one_too_many_for_a_copy_to_remember_is_logged(
    redis: RedisServer, copies: list[Copy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_answers, "MAX_OWED", 1)
    here, _ = copies
    await redis.kill()
    await here.until(degraded=True)
    with structlog.testing.capture_logs() as logs:
        await here.answers.drop(ADA)
        await here.answers.drop(ADA)
        assert logs == []
        await here.answers.drop(BOB)
    assert [entry["log_level"] for entry in logs] == ["warning"]
