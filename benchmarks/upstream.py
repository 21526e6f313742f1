"""Microseconds of CPU for an upstream request: a bare session's, and what the gateway's layers add to it.

    python -m benchmarks.upstream [--uvloop]

The server is a process of its own. Blocks of each kind take turns; the figure is the median of the better half.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

import aiohttp
from aiohttp import web

from gateway.auth.outbound import Forward
from gateway.auth.principal import Principal
from gateway.settings import PredictionSettings
from gateway.upstreams.api import Api
from gateway.upstreams.http import Upstream, new_session
from gateway.upstreams.prediction import client as prediction

BLOCKS = 40
REQUESTS = 100
PATH = "/user"


def main() -> None:
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    if "--uvloop" in sys.argv:
        import uvloop

        uvloop.install()
    asyncio.run(_measure(ours.recv()))
    server.terminate()


def _serve(pipe: Connection) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"username": "ada", "email": "ada@example.com"})

    async def run() -> None:
        app = web.Application()
        app.add_routes([web.get(PATH, answer)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(f"http://127.0.0.1:{runner.addresses[0][1]}")
        await asyncio.Event().wait()

    asyncio.run(run())


async def _measure(url: str) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as bare, new_session() as session:

        async def plain() -> None:
            async with bare.get(url + PATH, headers={"Authorization": "Bearer key"}) as response:
                await response.read()

        kinds = {"bare": plain, "alone": _asking(url, session, False), "shared": _asking(url, session, True)}
        spent: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(BLOCKS):
            for name, ask in kinds.items():
                spent[name].append(await _block_us(ask))
    median = {name: statistics.median(sorted(blocks)[: BLOCKS // 2]) for name, blocks in spent.items()}
    for name, spent_us in median.items():
        print(f"{name:<8}{spent_us:6.1f} µs  {spent_us - median['bare']:+6.1f}")


def _asking(url: str, session: aiohttp.ClientSession, share_reads: bool) -> Callable[[], Awaitable[object]]:
    upstream = Upstream(
        "prediction",
        PredictionSettings(url=url, share_reads=share_reads),
        session,
        Forward(),
        credential_header=prediction.credential_header,
        explain=prediction.explain,
        probe_path=PATH,
    )
    api = Api(upstream, Principal("key", None, secret="key"))  # noqa: S106 (of nobody)
    return lambda: api.exchange("GET", PATH)


async def _block_us(ask: Callable[[], Awaitable[object]]) -> float:
    started_s = time.process_time()
    for _ in range(REQUESTS):
        await ask()
    return (time.process_time() - started_s) / REQUESTS * 1e6


if __name__ == "__main__":
    main()
