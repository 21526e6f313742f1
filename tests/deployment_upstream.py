"""A deployment upstream of one service, whose record and streams a test sets as it likes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from aiohttp import web

from gateway.sandbox.server import SandboxServer
from gateway.settings import Secret, Settings, StaticCredential
from tests.harness import with_upstream

ACCOUNT_KEY = "canary-account-key"
INFERENCE_KEY = "canary-inference-key"
SERVICE_ID = "6650b3d19c8e4f00127a5bff"
RECORD = f"GET /fn/api/v0/functions/{SERVICE_ID}"

PAUSE = 0.02
RESET = None
Piece = bytes | float | None
"""What a stream does next: send these bytes, wait for so many seconds, or reset the connection."""


class OneService:
    """``record`` is what the management API answers; ``pieces`` is what every endpoint that streams does.

    Each look at the record takes the next of ``statuses``; the last one stays.
    """

    def __init__(self) -> None:
        self.statuses: list[str] = []
        self.pieces: Callable[[], Iterable[Piece]] = list
        self.server = SandboxServer(
            "deployment",
            [
                web.get("/fn/api/v0/functions/{id}", self._get),
                web.route("*", "/svc/stream{more:.*}", self._stream),
                web.route("*", "/svc/{route:.*}", self._call),
            ],
        )
        self.record: dict[str, Any] = {}

    def started(self) -> None:
        """The record of an ACTIVE service at this server's own address."""
        endpoints = [
            {"route": "/call", "method": "POST", "streaming": False},
            {"route": "/stream", "method": "POST", "streaming": True},
        ]
        self.record = {
            "id": SERVICE_ID,
            "title": "one",
            "description": None,
            "status": "ACTIVE",
            "invoke_url": self.server.url + "/svc",
            "tags": None,
            "auth": True,
            "endpoints": endpoints,
            "inference_keys": [{"key": INFERENCE_KEY}],
        }

    def settings(self, settings: Settings, **changes: Any) -> Settings:
        """The settings with this server as the deployment upstream."""
        credential = StaticCredential(scheme="static", value=Secret(ACCOUNT_KEY))
        return with_upstream(settings, "deployment", **({"url": self.server.url, "credential": credential} | changes))

    async def _get(self, _: web.Request) -> web.Response:
        if self.statuses:
            self.record["status"] = self.statuses.pop(0)
        return web.json_response(self.record)

    async def _call(self, request: web.Request) -> web.Response:
        return web.json_response({"method": request.method, "route": request.match_info["route"]})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(request)
        for piece in self.pieces():
            if isinstance(piece, bytes):
                await response.write(piece)
            elif piece is not RESET:
                await asyncio.sleep(piece)
            elif isinstance(request.transport, asyncio.Transport):
                request.transport.abort()
        return response


@contextlib.asynccontextmanager
async def one_service() -> AsyncIterator[OneService]:
    service = OneService()
    await service.server.start()
    service.started()
    try:
        yield service
    finally:
        await service.server.stop()
