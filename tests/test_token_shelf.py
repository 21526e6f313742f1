"""The token that copies share: one of them asks, and each takes what serves it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from gateway.auth.principal import ANONYMOUS
from gateway.auth.token_shelf import TokenShelf
from gateway.auth.tokens import TokenCache
from gateway.errors import UpstreamUnavailable
from gateway.settings import ClientCredentials, InvokeSettings, Secret, Settings, read
from gateway.store.opening import open_store
from tests.redis_server import RedisServer
from tests.test_invoke_token import SECRET, TokenEndpoint, token_endpoint

MARGIN_S = 0.2


@pytest.fixture
async def endpoint() -> AsyncIterator[TokenEndpoint]:
    async with token_endpoint() as endpoint:
        yield endpoint


@pytest.fixture
async def copies(redis: RedisServer, endpoint: TokenEndpoint) -> AsyncIterator[list[TokenCache]]:
    credentials = ClientCredentials(
        scheme="client_credentials", client_id="id", client_secret=Secret(SECRET), renew_early_s=MARGIN_S,
        renew_refused_after_s=0.01,
    )  # fmt: skip
    upstream = InvokeSettings(url=endpoint.server.url, total_timeout_s=5.0)
    async with contextlib.AsyncExitStack() as stack:
        settings = read(Settings, {"store": redis.url, "store_timeout_s": 2.0})
        stores = [await stack.enter_async_context(open_store(settings)) for _ in range(2)]
        yield [TokenCache(credentials, upstream, endpoint.session, store) for store in stores]


async def secrets_of(copies: list[TokenCache]) -> list[str | None]:
    return list(await asyncio.gather(*(copy.secret(ANONYMOUS) for copy in copies)))


async def test_fifty_callers_of_two_copies_ask_for_one_token(copies: list[TokenCache], endpoint: TokenEndpoint) -> None:
    endpoint.delay_s = 0.2
    assert await secrets_of(copies * 25) == ["t1"] * 50
    assert endpoint.asked == 1


async def test_one_copy_renews_early_and_the_other_takes_it(copies: list[TokenCache], endpoint: TokenEndpoint) -> None:
    endpoint.answer = {"expires_in": 1.2}
    assert await secrets_of(copies) == ["t1", "t1"]
    await asyncio.sleep(1.05)
    endpoint.answer = {"expires_in": 3600}
    assert await secrets_of(copies) == ["t1", "t1"]  # it still serves
    async with asyncio.timeout(5):
        while await secrets_of(copies) != ["t2", "t2"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert endpoint.asked == 2


async def test_a_token_that_was_refused_is_not_taken_again(copies: list[TokenCache], endpoint: TokenEndpoint) -> None:
    here, there = copies
    assert await secrets_of(copies) == ["t1", "t1"]
    await asyncio.sleep(0.02)
    assert here.outdated("t1")
    assert await here.secret(ANONYMOUS) == "t2"
    assert there.outdated("t1")
    assert await there.secret(ANONYMOUS) == "t2"
    assert endpoint.asked == 2


async def test_a_failure_keeps_nobody_from_asking(copies: list[TokenCache], endpoint: TokenEndpoint) -> None:
    here, there = copies
    endpoint.status = 500
    with pytest.raises(UpstreamUnavailable):
        await here.secret(ANONYMOUS)
    endpoint.status = 200
    assert await there.secret(ANONYMOUS) == "t2"
    assert await here.secret(ANONYMOUS) == "t2"
    assert endpoint.asked == 2


async def test_a_copy_that_dies_while_it_asks_is_waited_for_and_then_not(
    redis: RedisServer, copies: list[TokenCache], endpoint: TokenEndpoint
) -> None:
    settings = read(Settings, {"store": redis.url, "store_timeout_s": 2.0})
    async with open_store(settings) as store:
        shelf = TokenShelf(store, endpoint.server.url + "/connect/token", "id", SECRET)
        await store.settle(shelf._lock_name, b"of one that is gone", 0.4)
    started_s = time.monotonic()
    assert await copies[0].secret(ANONYMOUS) == "t1"
    assert time.monotonic() - started_s >= 0.3
    assert endpoint.asked == 1


async def test_it_lies_in_the_store_encrypted_and_ends_with_the_token(
    redis: RedisServer, copies: list[TokenCache], endpoint: TokenEndpoint
) -> None:
    endpoint.answer = {"access_token": "canary-token", "expires_in": 100}
    assert await secrets_of(copies) == ["canary-token"] * 2
    lying = b"\n".join(part for pair in (await redis.content()).items() for part in pair)
    assert not any(text in lying for text in (b"canary-token", b"access_token", SECRET.encode()))
    async with redis.client() as client:
        (name,) = [name async for name in client.scan_iter("fngraph:token:*")]
        assert 90_000 < await client.pttl(name) <= 100_000
