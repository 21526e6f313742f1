"""A balancer as small as one can be that keeps the rules of large ones.

- It sends requests in turn to the copies whose ``/readyz`` said 200 a moment ago.
- A request that found no connection goes to another copy: nothing was sent.
- One that lost its connection, or was answered 502 or 503, goes to another copy only if its method is safe to repeat
  (RFC 9110, section 9.2.2), so a POST never does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import aiohttp
from aiohttp import web

CHECK_S = 0.1
CHECK_TIMEOUT_S = 2.0
REPEATABLE = frozenset({"GET", "HEAD"})
PASSING = frozenset({502, 503})
HOP_BY_HOP = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding"})

Reply = tuple[int, dict[str, str], bytes]


class Balancer:
    """``ready`` are the copies that take requests now; ``retried`` counts those that were sent to another one."""

    def __init__(self, copies: Sequence[str], session: aiohttp.ClientSession) -> None:
        self.retried = 0
        self._copies = copies
        self._session = session
        self.ready: list[str] = []
        self._turn = 0

    async def watch(self) -> None:
        """Look at all copies again and again."""
        while True:
            checks = await asyncio.gather(*map(self._is_ready, self._copies))
            self.ready = [copy for copy, ready in zip(self._copies, checks, strict=True) if ready]
            await asyncio.sleep(CHECK_S)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        reply: Reply = (502, {}, b"")
        for copy in self._in_turn():
            try:
                reply = await self._send(copy, request, headers, body)
            except (aiohttp.ClientError, OSError) as error:
                self._failed(copy)
                nothing_sent = isinstance(error, aiohttp.ClientConnectorError)
                reply = (502, {}, b"")
            else:
                nothing_sent = False
            if not nothing_sent and (request.method not in REPEATABLE or reply[0] not in PASSING):
                break
            self.retried += 1
        status, fields, content = reply
        return web.Response(status=status, headers=fields, body=content)

    def _in_turn(self) -> list[str]:
        """The copies that are ready, beginning with the next one."""
        self._turn += 1
        ready = list(self.ready)
        start = self._turn % len(ready) if ready else 0
        return ready[start:] + ready[:start]

    def _failed(self, copy: str) -> None:
        self.ready = [each for each in self.ready if each != copy]

    async def _send(self, copy: str, request: web.Request, headers: dict[str, str], body: bytes) -> Reply:
        url = copy + request.path_qs
        async with self._session.request(request.method, url, headers=headers, data=body or None) as response:
            fields = {name: value for name, value in response.headers.items() if name.lower() not in HOP_BY_HOP}
            return response.status, fields, await response.read()

    async def _is_ready(self, copy: str) -> bool:
        try:
            async with (
                asyncio.timeout(CHECK_TIMEOUT_S),
                self._session.get(copy + "/readyz", headers={"Connection": "close"}) as response,
            ):
                return response.status == 200
        except (aiohttp.ClientError, OSError):
            return False


@contextlib.asynccontextmanager
async def balancing(copies: Sequence[str]) -> AsyncIterator[tuple[str, Balancer]]:
    """Its address, and the balancer."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
        balancer = Balancer(copies, session)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", balancer.handle)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        watching = asyncio.create_task(balancer.watch())
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}", balancer
        finally:
            watching.cancel()
            await runner.cleanup()
