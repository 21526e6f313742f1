"""One upstream stand-in: an aiohttp application on a loopback port, behind a request log and a fault switch.

The log is what tests count; the faults are what people and tests turn on to see the gateway cope. Both are also
reachable over HTTP, on the stand-in itself: ``GET`` and ``DELETE /__sandbox__/requests``, ``GET``, ``PUT`` and
``DELETE /__sandbox__/faults``.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field

from aiohttp import web

from gateway.sandbox.faults import Fault, FaultSwitch

CONTROL_PREFIX = "/__sandbox__/"
MAX_BODY_BYTES = 64 * 1024 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Received:
    """A request as it came in: ``path`` is raw (percent-encoding kept, no query), times are monotonic seconds."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    started_s: float
    finished_s: float | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f"?{self.query}" if self.query else "")


@dataclass
class RequestLog:
    """Every request since the last ``clear``, and how many were in progress at once at the most."""

    requests: list[Received] = field(default_factory=list)
    in_flight: int = 0
    peak_in_flight: int = 0

    def __len__(self) -> int:
        return len(self.requests)

    def __iter__(self) -> Iterator[Received]:
        return iter(self.requests)

    @property
    def lines(self) -> list[str]:
        """The requests as ``METHOD /path?query``, in order of arrival."""
        return [str(request) for request in self.requests]

    def clear(self) -> None:
        self.requests.clear()
        self.peak_in_flight = self.in_flight


class SandboxServer:
    """A stand-in made of ``routes``. ``port`` 0 takes a free one; ``port`` and ``url`` are final once started.

    ``on_stop`` is called after the last request has ended; a stand-in closes its store there.
    """

    def __init__(
        self, name: str, routes: Iterable[web.RouteDef], port: int = 0, on_stop: Callable[[], None] | None = None
    ) -> None:
        self.name = name
        self.port = port
        self._on_stop = on_stop
        self.log = RequestLog()
        self.faults = FaultSwitch()
        app = web.Application(middlewares=[self._observe], client_max_size=MAX_BODY_BYTES)
        app.add_routes(self._control_routes())
        app.add_routes(routes)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)

    @property
    def url(self) -> str:
        """The base address, without a trailing slash, such as ``http://127.0.0.1:41033``."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()
        if self._on_stop is not None:
            self._on_stop()

    @web.middleware
    async def _observe(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(CONTROL_PREFIX):
            return await handler(request)
        path, _, query = request.raw_path.partition("?")
        received = Received(
            request.method, path, query, dict(request.headers), await request.read(), started_s=time.monotonic()
        )
        self.log.requests.append(received)
        self.log.in_flight += 1
        self.log.peak_in_flight = max(self.log.peak_in_flight, self.log.in_flight)
        try:
            return await self.faults.apply(request, handler)
        finally:
            self.log.in_flight -= 1
            received.finished_s = time.monotonic()

    def _control_routes(self) -> list[web.RouteDef]:
        async def requests(_: web.Request) -> web.Response:
            return web.json_response({"requests": self.log.lines, "peakInFlight": self.log.peak_in_flight})

        async def forget(_: web.Request) -> web.Response:
            self.log.clear()
            return web.Response(status=204)

        async def faults(_: web.Request) -> web.Response:
            return web.json_response([dataclasses.asdict(fault) for fault in self.faults.active])

        async def set_fault(request: web.Request) -> web.Response:
            try:
                self.faults.set(Fault(**json.loads(await request.read())))
            except (TypeError, ValueError) as error:
                return web.json_response({"error": str(error)}, status=400)
            return web.Response(status=204)

        async def clear_faults(_: web.Request) -> web.Response:
            self.faults.clear()
            return web.Response(status=204)

        return [
            web.get(CONTROL_PREFIX + "requests", requests),
            web.delete(CONTROL_PREFIX + "requests", forget),
            web.get(CONTROL_PREFIX + "faults", faults),
            web.put(CONTROL_PREFIX + "faults", set_fault),
            web.delete(CONTROL_PREFIX + "faults", clear_faults),
        ]
