"""``/healthz``: the process answers. ``/readyz``: every upstream can be reached; 503 names those that cannot.

A shared store that is away is told, and is no reason not to be ready (docs/store.md). ``settingsRejected`` is there
while the last change of the settings is wrong: it is ready all the same, since the last good ones serve.

From the first signal on ``/readyz`` says 503, so that balancers send nothing new (docs/operating.md).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.store.interface import Store


async def healthz(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> JSONResponse:
    if request.state.shutting_down:
        return JSONResponse({"ready": False, "shuttingDown": True}, status_code=503)
    reached = await request.state.upstreams.reach_all()
    reloader = getattr(request.state, "reloader", None)
    rejected = {"settingsRejected": True} if reloader is not None and reloader.rejected else {}
    ready = all(reach.reachable for reach in reached.values())
    breakers = {name: upstream.breaker.value for name, upstream in request.state.upstreams.by_name.items()}
    upstreams = {
        name: {"reachable": reach.reachable, "code": reach.code, "breaker": breakers[name]}
        for name, reach in reached.items()
    }
    body: dict[str, object] = {"ready": ready, **rejected, "upstreams": upstreams}
    store: Store = request.state.store
    if store.shared:
        body["store"] = {"degraded": store.degraded}  # nothing stops working without it
    return JSONResponse(body, status_code=200 if ready else 503)
