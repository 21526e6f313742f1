"""A real ``redis-server`` on a free loopback port, without persistence: a test may stop, freeze and start it again."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import redis.asyncio

START_S = 10.0


class RedisServer:
    """``url`` stays the same when it is started again; what it held does not."""

    def __init__(self, folder: Path, *options: str, configuration: Path | None = None) -> None:
        self._folder = folder
        self._options = options
        self._configuration = [] if configuration is None else [str(configuration)]
        self._process: asyncio.subprocess.Process | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "needs redis-server: apt-get install redis-server"
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder))
        self._process = await asyncio.create_subprocess_exec(
            program, *self._configuration, *options, *self._options, stdout=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(START_S):
            while not await self._listens():  # it answers as soon as it listens, as it has nothing to load
                assert self._process.returncode is None, "redis-server ended"
                await asyncio.sleep(0.01)

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def freeze(self) -> None:
        """It takes connections, and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncIterator[redis.asyncio.Redis]:
        """To look at what is in it, and to put something else there."""
        async with redis.asyncio.Redis.from_url(self.url, protocol=2) as client:
            yield client

    async def content(self) -> dict[bytes, bytes]:
        """Every name, and its value as it lies there (``DUMP``) with the members of sets."""
        async with self.client() as client:
            names = [name async for name in client.scan_iter()]
            return {name: await client.dump(name) or b"" for name in names}

    async def _listens(self) -> bool:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.close()
            return True
        return False


@contextlib.asynccontextmanager
async def running_redis(folder: Path, *options: str, configuration: Path | None = None) -> AsyncIterator[RedisServer]:
    server = RedisServer(folder, *options, configuration=configuration)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()
