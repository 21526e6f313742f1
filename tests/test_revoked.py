"""Revoked keys stay revoked, however many there are in the store; where one finds no room, that is said."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from gateway.auth.principal import fingerprint
from gateway.auth.revoked import SET, TTL_S, Revoked, revoke
from gateway.settings import Settings, read
from gateway.store.interface import MAX_MEMBERS, Store
from gateway.store.opening import open_store
from tests.redis_server import RedisServer

FNGRAPH = Path(sys.executable).with_name("fngraph")
PATIENCE_S = 10.0
MINE = fingerprint("mine")
OTHERS = [fingerprint(str(number)) for number in range(MAX_MEMBERS)]


def store_of(redis: RedisServer) -> Store:
    return open_store(read(Settings, {"store": redis.url, "store_timeout_s": 2.0}))


async def test_a_key_that_finds_no_room_is_said_to_be_taken_still(redis: RedisServer, tmp_path: Path) -> None:
    await revoke(store_of(redis), OTHERS)
    await revoke(store_of(redis), OTHERS[:1])  # it is in already
    process = await asyncio.create_subprocess_exec(
        FNGRAPH, "keys", "revoke", MINE, cwd=tmp_path, env={"FNGRAPH_STORE": redis.url, "PATH": ""},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 1
    assert "The store holds 10,000 revoked keys and takes no more, so other copies may still take" in said.decode()
    async with redis.client() as client:
        assert await client.zcard(f"fngraph:{SET}") == MAX_MEMBERS
        assert await client.zscore(f"fngraph:{SET}", MINE) is None


async def test_a_copy_forgets_no_revoked_key_that_the_store_has_no_room_for(redis: RedisServer) -> None:
    await revoke(store_of(redis), [MINE])
    async with store_of(redis) as store, Revoked(store) as revoked, redis.client() as client:
        assert MINE in revoked
        await client.delete(f"fngraph:{SET}")
        await store.add(SET, OTHERS, TTL_S)
        async with asyncio.timeout(PATIENCE_S):
            while OTHERS[0] not in revoked:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert MINE in revoked
        assert all(each in revoked for each in OTHERS)
        assert await client.zscore(f"fngraph:{SET}", MINE) is None
