"""``/healthz``: the process answers. ``/readyz``: every upstream can be reached; 503 names those that cannot."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.upstreams.clients import Upstreams
from gateway.upstreams.http import Reach


async def healthz(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> JSONResponse:
    reached = await reach_all(request.state.upstreams)
    ready = all(reach.reachable for reach in reached.values())
    upstreams = {name: {"reachable": reach.reachable, "code": reach.code} for name, reach in reached.items()}
    return JSONResponse({"ready": ready, "upstreams": upstreams}, status_code=200 if ready else 503)


async def reach_all(upstreams: Upstreams) -> dict[str, Reach]:
    """Try every upstream once, side by side."""
    names = list(upstreams.by_name)
    found = await asyncio.gather(*(upstreams.by_name[name].reach() for name in names))
    return dict(zip(names, found, strict=True))
