"""``/healthz``: the process answers. ``/readyz``: every upstream can be reached; 503 names those that cannot."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse


async def healthz(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> JSONResponse:
    reached = await request.state.upstreams.reach_all()
    ready = all(reach.reachable for reach in reached.values())
    upstreams = {name: {"reachable": reach.reachable, "code": reach.code} for name, reach in reached.items()}
    return JSONResponse({"ready": ready, "upstreams": upstreams}, status_code=200 if ready else 503)
