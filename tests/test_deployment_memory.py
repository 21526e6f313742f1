"""Streams to many slow readers hold memory flat: what nobody has read yet stays at the upstream."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.deployment_upstream import one_service
from tests.harness import Gateway, serving
from tests.reading_streams import FORMS, streamed

pytestmark = pytest.mark.slow

READERS = 50
CHUNKS = 10_000
CHUNK_BYTES = 2048
PAUSE_S = 0.01
MAX_GROWTH_BYTES = {"subscription": 192 * 2**20, "rest": 96 * 2**20}
"""Of the 977 MiB that all readers read together. Their own buffers count too: they run in this process."""


def chunks() -> Iterator[bytes]:
    for number in range(CHUNKS):
        yield b"%d" % number + b"." * (CHUNK_BYTES - len(str(number)) - 1) + b"\n"


EXPECTED = hashlib.sha256(b"".join(chunks())).hexdigest()


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def slowly(texts: AsyncIterator[str]) -> str:
    digest = hashlib.sha256()
    async for text in texts:
        digest.update(text.encode())
        await asyncio.sleep(PAUSE_S)
    return digest.hexdigest()


async def read(gateway: Gateway, form: str) -> str:
    async with streamed(gateway, form) as texts:
        return await slowly(texts)


async def peak_of_resident_bytes(until: asyncio.Event) -> int:
    peak = 0
    while not until.is_set():
        peak = max(peak, resident_bytes())
        await asyncio.sleep(0.02)
    return peak


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
@pytest.mark.parametrize("form", FORMS)
async def test_ten_thousand_chunks_to_fifty_slow_readers_hold_memory_flat(
    settings: Settings, sandbox: Sandbox, form: str
) -> None:
    async with one_service() as service, serving(service.settings(settings), sandbox) as gateway:
        service.pieces = chunks
        assert await read(gateway, form) == EXPECTED
        before, done = resident_bytes(), asyncio.Event()
        peak = asyncio.create_task(peak_of_resident_bytes(done))
        digests = await asyncio.gather(*(read(gateway, form) for _ in range(READERS)))
        done.set()
        assert await peak - before < MAX_GROWTH_BYTES[form]
    assert digests == [EXPECTED] * READERS
