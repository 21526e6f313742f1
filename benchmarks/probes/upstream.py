"""An upstream that tells whom it answered: titles and names hold the ``Authorization`` that it was sent.

    python -m benchmarks.probes.upstream PORT

User 3 does not exist. With ``Authorization: Bearer broken`` it fails, and says more than anybody should see.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiohttp import web

POSTS = 8
MISSING_USER = 3
BROKEN = "Bearer broken"
LOG: web.AppKey[Any] = web.AppKey("log")
SECRET = "select * from accounts"  # noqa: S105


def make_app() -> web.Application:
    app = web.Application()
    app.add_routes([web.get("/posts", posts), web.get("/users", users), web.get("/requests", requests)])
    app[LOG] = []
    return app


async def posts(request: web.Request) -> web.Response:
    caller = await _logged(request)
    if caller == BROKEN:
        return web.json_response({"error": SECRET, "at": str(request.url)}, status=500)
    rows = [{"id": number, "userId": number, "title": caller, "body": ""} for number in range(1, POSTS + 1)]
    return web.json_response(rows)


async def users(request: web.Request) -> web.Response:
    caller = await _logged(request)
    ids = [int(number) for number in request.query.getall("id")]
    rows = [{"id": number, "name": caller, "username": "", "email": ""} for number in ids if number != MISSING_USER]
    return web.json_response(rows)


async def requests(request: web.Request) -> web.Response:
    """Path and caller of each request since the last time."""
    found = list(request.app[LOG])
    request.app[LOG].clear()
    return web.json_response(found)


async def _logged(request: web.Request) -> str:
    caller = request.headers.get("Authorization", "nobody")
    request.app[LOG].append([request.path, caller])
    await asyncio.sleep(0.01)  # so that requests of several callers are under way at once
    return caller


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
