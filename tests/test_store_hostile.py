"""Nothing that lies in the store is believed: whatever somebody puts there, callers get what is right."""

from __future__ import annotations

import contextlib
import math
import struct
import time
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from gateway.http.persisted.names import sha256_of
from gateway.sandbox.running import Sandbox
from gateway.settings import AnswerSettings, Settings, read
from gateway.store.names import Names
from tests.harness import Gateway, serving
from tests.persisting import named
from tests.redis_server import RedisServer

ME = "{ user { username } }"
TRAINED = "{ trainedFunctions { id } }"
NOT_FOUND = [("", "PERSISTED_QUERY_NOT_FOUND", None)]
Copy = Callable[[], contextlib.AbstractAsyncContextManager[Gateway]]


@pytest.fixture
def copy(redis: RedisServer, settings: Settings, sandbox: Sandbox) -> Copy:
    """Runs one more copy of the gateway, which knows nothing yet."""
    store = read(Settings, {"store": redis.url, "store_timeout_s": 2.0}).store
    answers = AnswerSettings(max_age_s={"Query.trainedFunctions": 60})
    shared = replace(settings, store=store, store_timeout_s=2.0, answers=answers)
    return lambda: serving(shared, sandbox)


async def planted(redis: RedisServer, kind: str, value: bytes) -> None:
    """In place of the only value of its kind."""
    async with redis.client() as client:
        (name,) = [name async for name in client.scan_iter(f"fngraph:{kind}:*")]
        await client.set(name, value)


async def held(redis: RedisServer, kind: str) -> bytes:
    async with redis.client() as client:
        (name,) = [name async for name in client.scan_iter(f"fngraph:{kind}:*")]
        value = await client.get(name)
        assert isinstance(value, bytes)
        return value


async def test_a_text_that_is_not_the_named_one_is_not_run(redis: RedisServer, copy: Copy) -> None:
    async with copy() as first, copy() as second:
        assert (await named(first, sha256_of(ME), ME)).data == {"user": {"username": "yusuf"}}
        right = await held(redis, "apq")
        for wrong in (b"{ functions { id } }", b"\xff", bytes(30_000), right + b" "):
            await planted(redis, "apq", wrong)
            assert (await named(second, sha256_of(ME))).errors == NOT_FOUND
        await planted(redis, "apq", right)
        assert (await named(second, sha256_of(ME))).data == {"user": {"username": "yusuf"}}


@pytest.mark.parametrize(
    "forged",
    [
        lambda right: b"x",
        lambda right: right[:40],
        lambda right: right + b" ",
        lambda right: right + b" " * 2**20,
        lambda right: right.replace(b"trained", b"trainee"),
        lambda right: right[:32] + bytes(8) + right[40:],
        lambda right: bytes(32) + right[32:],
    ],
)
async def test_an_answer_that_is_none_is_made_again(
    forged: Callable[[bytes], bytes], redis: RedisServer, copy: Copy
) -> None:
    async with copy() as first, copy() as second:
        right = (await first.post(TRAINED)).data
        await planted(redis, "answer", forged(await held(redis, "answer")))
        assert (await second.post(TRAINED)).data == right
        assert second.counts == {"invoke": 2}


JSON = [b"[]", b'{"data":1}', b'{"data":{},"errors":[]}', b"\xff" * 100, b'{"data":' + b"[" * 200_000]
TIMES_S = [0.0, math.nan, math.inf, -math.inf]


@pytest.mark.parametrize(("made_at_s", "content"), [(None, text) for text in JSON] + [(at, b"{}") for at in TIMES_S])
async def test_an_answer_of_another_form_is_made_again_though_a_copy_has_put_it_there(
    made_at_s: float | None, content: bytes, redis: RedisServer, copy: Copy
) -> None:
    async with copy() as first, copy() as second:
        right = (await first.post(TRAINED)).data
        async with redis.client() as client:
            (name,) = [name async for name in client.scan_iter("fngraph:answer:*")]
        at = struct.pack(">d", time.time() if made_at_s is None else made_at_s)
        names = Names()
        await planted(redis, "answer", names.sealed(name.decode().removeprefix("fngraph:"), at + content))
        assert (await second.post(TRAINED)).data == right
        assert second.counts == {"invoke": 2}


async def test_a_token_that_the_copies_did_not_put_there_is_never_sent(redis: RedisServer, copy: Copy) -> None:
    async with copy() as first:
        await first.post(TRAINED)
        right = await held(redis, "token")
    for wrong in (b"x", b"", bytes(12), right[:-1] + bytes([right[-1] ^ 1]), bytes(100_000), b'{"value":"canary"}'):
        await planted(redis, "token", wrong)
        await planted(redis, "answer", b"x")
        async with copy() as other:
            assert "trainedFunctions" in (await other.post(TRAINED)).data
    log = first.sandbox.invoke.log
    assert log.lines.count("POST /connect/token") == 7
    sent = {request.headers.get("Authorization") for request in log if request.path != "/connect/token"}
    assert len(sent) == 7
    assert "Bearer canary" not in sent
