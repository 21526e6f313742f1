"""A connection over which a test sends one request after the other, and sees how it ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from tests.harness import Gateway

PATIENCE_S = 10.0


class Kept:
    """A connection that is kept open. Each answer on it must be whole."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def get(self, path: str) -> tuple[str, bool]:
        """The status and body, and whether the gateway is going to close the connection."""
        self.ask(path)
        return await self.answer()

    def ask(self, path: str) -> None:
        self.send(f"GET {path} HTTP/1.1\r\nHost: a.test\r\n\r\n".encode())

    def send(self, text: bytes) -> None:
        self._writer.write(text)

    async def answer(self) -> tuple[str, bool]:
        """As ``get``, to what was asked before."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        status, *lines = head.strip().split("\r\n")
        fields = dict(line.split(": ") for line in lines)
        body = await self._reader.readexactly(int(fields["content-length"]))
        return f"{status.split()[1]} {body.decode()}", fields.get("connection") == "close"

    async def closed(self) -> bool:
        """Whether it ends without a further byte."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._reader.read() == b""

    async def until_closed(self, path: str) -> int:
        """Ask again and again, as fast as answers come, until an answer says that it was the last one; their number."""
        count, last = 0, False
        while not last:
            text, last = await self.get(path)
            assert text.startswith("200 "), text
            count += 1
        assert await self.closed()
        return count


@contextlib.asynccontextmanager
async def kept(gateway: Gateway) -> AsyncIterator[Kept]:
    """Raises ``ConnectionRefusedError`` where nobody listens any more."""
    url = urlsplit(gateway.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    try:
        yield Kept(reader, writer)
    finally:
        writer.close()
