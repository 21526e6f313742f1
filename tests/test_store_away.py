"""A store that is away, frozen, full or hostile costs a request little, once, and never a failure."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
import structlog

from gateway.settings import Settings, read
from gateway.store.interface import Charge, Seats, Store
from gateway.store.opening import open_store
from tests.redis_server import RedisServer, running_redis

SEATS = Seats(at_once=2, in_window=3, window_s=0.3, lease_s=0.2)
TIMEOUT_S = 0.2
PATIENCE_S = 10.0
COMMANDS = (
    "+evalsha +eval +script|load +getrange +set +get +del +time +type +zadd +zrem +zcard +zscore +zrange "
    "+zremrangebyscore +pexpire"
)


@pytest.fixture
async def store(redis: RedisServer) -> AsyncIterator[Store]:
    async with opened(redis.url) as store:
        yield store


@contextlib.asynccontextmanager
async def opened(url: str, timeout_s: float = TIMEOUT_S) -> AsyncIterator[Store]:
    async with open_store(read(Settings, {"store": url, "store_timeout_s": timeout_s})) as store:
        yield store


async def until(store: Store, degraded: bool) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while store.degraded is not degraded:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def everything(store: Store) -> list[object]:
    """What each operation answers, in a store that has nothing of it yet."""
    told = await store.put("a", b"1", 60)
    mark = await store.settle("m", b"mark", 60)
    await store.remove("m", b"mark")
    (wait_s,) = await store.charge([Charge("b", 100, 100, 1000)])
    place = await store.enter("p", "1", SEATS)
    await store.leave("p", "1", SEATS)
    added = await store.add("s", ["x"], 60)
    return [told, await store.get("a", 10), mark, round(wait_s, 1), place, added, await store.members("s")]


THERE = [True, b"1", b"mark", 1.0, 0.0, True, {"x"}]
AWAY = [False, b"1", b"mark", 1.0, 0.0, False, {"x"}]


@pytest.mark.slow
async def test_a_store_that_was_never_there_is_done_without_and_found_when_it_comes(tmp_path: Path) -> None:
    redis = RedisServer(tmp_path)
    async with opened(redis.url) as store:
        assert store.degraded
        assert await everything(store) == AWAY
        try:
            await redis.start()
            await until(store, degraded=False)
            assert await everything(store) == THERE
        finally:
            await redis.kill()


async def test_a_store_that_dies_is_told_once_and_comes_back_empty(redis: RedisServer, store: Store) -> None:
    assert await everything(store) == THERE
    with structlog.testing.capture_logs() as logs:
        await redis.kill()
        assert await everything(store) == AWAY
        assert store.degraded
        await asyncio.sleep(1.2)
        await redis.start()
        await until(store, degraded=False)
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [
        ("store is away: going on with this copy's own memory", "warning"),
        ("store is back", "warning"),
    ]
    assert await store.get("a", 10) is None
    assert await everything(store) == THERE


async def test_a_frozen_store_costs_each_request_one_time_out_and_then_nothing(
    redis: RedisServer, store: Store
) -> None:
    redis.freeze()
    started_s = time.monotonic()
    async with asyncio.timeout(PATIENCE_S):
        assert await asyncio.gather(*(store.get("a", 10) for _ in range(50))) == [None] * 50
    # They did wait, so that the next ones' not waiting says something; and not one after the other.
    assert TIMEOUT_S <= time.monotonic() - started_s < 3 * TIMEOUT_S
    assert store.degraded
    # Not one turn of the event loop: nothing is sent, so there is nothing to wait for.
    asking = store.get("a", 10)
    with pytest.raises(StopIteration) as answer:
        asking.__await__().send(None)
    assert answer.value.value is None
    redis.thaw()
    await until(store, degraded=False)
    assert await everything(store) == THERE


async def test_an_answer_that_came_while_the_loop_was_busy_is_not_missed(store: Store) -> None:
    await store.put("a", b"1", 60)
    asking = asyncio.create_task(store.get("a", 10))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    time.sleep(TIMEOUT_S * 1.5)  # noqa: ASYNC251 (what a document with a large plan does)
    assert await asking == b"1"
    assert not store.degraded


async def test_a_caller_who_leaves_breaks_nothing(redis: RedisServer, store: Store) -> None:
    await store.put("a", b"1", 60)
    redis.freeze()
    asking = [asyncio.create_task(store.get("a", 10)) for _ in range(20)]
    await asyncio.sleep(TIMEOUT_S / 4)
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    redis.thaw()
    await until(store, degraded=False)
    assert await asyncio.gather(*(store.get("a", 10) for _ in range(30))) == [b"1"] * 30


async def test_a_store_that_takes_nothing_is_as_good_as_away(redis: RedisServer, store: Store) -> None:
    async with redis.client() as client:
        await client.config_set("maxmemory", "1")
        assert await store.put("a", b"1", 60) is False
        assert store.degraded
        await asyncio.sleep(0.7)
        assert store.degraded
        await client.config_set("maxmemory", "0")
    await until(store, degraded=False)


@pytest.mark.slow
async def test_a_wrong_password_is_as_good_as_away_and_is_not_told(tmp_path: Path) -> None:
    async with running_redis(tmp_path) as redis:
        async with redis.client() as client:
            await client.config_set("requirepass", "right")
        with structlog.testing.capture_logs() as logs:
            async with opened(f"redis://:canary@127.0.0.1:{redis.port}/0") as store:
                assert await everything(store) == AWAY
        assert logs != []
        assert "canary" not in str(logs)
        async with opened(f"redis://:right@127.0.0.1:{redis.port}/0") as store:
            assert await everything(store) == THERE


async def test_values_of_the_wrong_form_are_as_good_as_none(redis: RedisServer, store: Store) -> None:
    names = ("a", "m", "b", "p:held", "p:recent", "s")
    async with redis.client() as client:
        for hostile in ("list", "text", "number"):
            for name in names:
                await client.delete(f"fngraph:{name}")
                match hostile:
                    case "list":
                        await client.lpush(f"fngraph:{name}", "x")
                    case "text":
                        await client.set(f"fngraph:{name}", "nan" * 100_000)
                    case "number":
                        await client.set(f"fngraph:{name}", "9" * 300)
            answers: Sequence[object] = await asyncio.gather(
                store.get("a", 10), store.settle("m", b"mark", 60), store.enter("p", "1", SEATS), store.members("s")
            )
            assert list(answers) == [None, b"mark", 0.0, frozenset()], hostile
            (wait_s,) = await store.charge([Charge("b", 100, 100, 1000)])
            assert 0 < wait_s <= 20
            await store.leave("p", "1", SEATS)
            await store.add("s", ["x"], 60)
            assert await store.members("s") == {"x"}
            assert not store.degraded


async def test_the_documented_commands_are_all_that_it_needs(redis: RedisServer, tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "store.md").read_text()
    assert f"~fngraph:* {COMMANDS}" in page
    async with redis.client() as client:
        await client.acl_setuser(
            "copy", enabled=True, passwords="+secret", keys=["fngraph:*"], commands=COMMANDS.split()
        )
        async with opened(f"redis://copy:secret@127.0.0.1:{redis.port}/0") as store:
            assert await everything(store) == THERE
            assert not store.degraded
        assert await client.acl_log() == []


async def test_each_name_has_the_prefix_and_an_end(redis: RedisServer, store: Store) -> None:
    await everything(store)
    async with redis.client() as client:
        names = [name async for name in client.scan_iter()]
        assert sorted(names) == [b"fngraph:" + name for name in (b"a", b"b", b"p:recent", b"probe", b"s")]
        assert [name for name in names if not 0 < await client.pttl(name) <= 60_000] == []


async def test_it_has_few_connections_however_many_ask(redis: RedisServer, store: Store) -> None:
    await asyncio.gather(*(store.put(str(number), bytes(1000), 60) for number in range(300)))
    async with redis.client() as client:
        assert len(await client.client_list()) <= 11
    assert not store.degraded


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\n\r\n", b"$-7\r\n", b"*999999999\r\n", b"\xff" * 100_000, b""])
async def test_a_server_that_is_no_store_is_as_good_as_away(said: bytes) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    other = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with other, opened(f"redis://127.0.0.1:{other.sockets[0].getsockname()[1]}/0") as store:
        assert store.degraded
        assert await everything(store) == AWAY


@contextlib.asynccontextmanager
async def answering(answer: Callable[[bytes], bytes]) -> AsyncIterator[str]:
    """The address of a server that answers each command; all that it is sent fits into one piece."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while command := await reader.read(10_000):
            writer.write(answer(command))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"


async def test_a_server_that_says_one_to_everything_is_as_good_as_away() -> None:
    async with answering(lambda _: b":1\r\n") as url, opened(url) as store:
        assert store.degraded
        assert await everything(store) == AWAY


async def test_a_store_that_answers_with_no_list_where_there_should_be_one_is_as_good_as_away() -> None:
    def answer(command: bytes) -> bytes:
        written = re.search(rb"fngraph:probe\r\n(\$8\r\n.{8}\r\n)", command, re.DOTALL)
        return written[1] if written else b":1\r\n"

    async with answering(answer) as url:
        async with opened(url) as store:
            assert not store.degraded
            assert await store.members("s") == frozenset()
            assert store.degraded
        async with opened(url) as store:
            assert not store.degraded
            (wait_s,) = await store.charge([Charge("b", 100, 100, 1000)])
            assert wait_s == pytest.approx(1.0, abs=0.1)
            assert store.degraded


async def test_many_who_ask_at_once_are_not_taken_for_a_store_that_is_slow(redis: RedisServer) -> None:
    async with opened(redis.url, timeout_s=0.05) as store:
        await store.put("a", b"1", 60)
        started_s = time.monotonic()
        assert await asyncio.gather(*(store.get("a", 10) for _ in range(3000))) == [b"1"] * 3000
        assert time.monotonic() - started_s > 0.05  # else it says nothing
        assert not store.degraded
