"""All clients as a process of their own.

    LOAD_KEY=... python -m benchmarks.load.clients PORT SEED SECONDS CONNECTIONS SOCKETS SUBSCRIPTIONS NAMED FILE

They run for so many seconds, or until the gateway has ended, and write what they saw to ``FILE`` as JSON. Where
``NAMED`` is 1 each request has a number in ``x-load-id``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from benchmarks.load.callers import Asked, callers
from benchmarks.load.followers import Followed, followers
from benchmarks.load.limits import raise_file_limit


async def main(
    port: int, seed: int, duration_s: float, connections: int, sockets: int, subscriptions: int, named: int
) -> Any:
    """What they saw."""
    key, asked, followed, stop = os.environ["LOAD_KEY"], Asked(bool(named)), Followed(), asyncio.Event()
    asyncio.get_running_loop().call_later(duration_s, stop.set)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        calling = [caller.run(stop) for caller in callers(connections, port, key, seed, asked)]
        following = [
            follower.run(session, stop)
            for follower in followers(sockets, subscriptions // sockets, port, key, seed, followed)
        ]
        await asyncio.gather(*calling, *following)
    return {"asked": vars(asked), "followed": vars(followed)}


if __name__ == "__main__":
    raise_file_limit()
    port, seed, seconds, *counts = map(int, sys.argv[1:-1])
    seen = uvloop.run(main(port, seed, seconds, *counts))
    Path(sys.argv[-1]).write_text(json.dumps(seen))
