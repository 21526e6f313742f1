"""Talking to the prediction stand-in, for its tests."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.prediction import prediction_server
from gateway.sandbox.server import SandboxServer

ACCOUNTS = Accounts(yusuf_key="sk-yusuf", ada_key="sk-ada", samplefxn_key="sk-samplefxn")
CLOUD = {"id", "tag", "type", "created", "results", "latency", "error", "logs"}
EDGE = {"id", "tag", "type", "created", "configuration", "resources"}


@dataclass
class Api:
    """Requests to the stand-in, each answered with status and JSON."""

    server: SandboxServer
    session: aiohttp.ClientSession

    async def __call__(
        self, method: str, path: str, body: Any = ..., key: str | None = "sk-yusuf", **headers: str
    ) -> tuple[int, Any]:
        if key is not None:
            headers.setdefault("Authorization", f"Bearer {key}")
        data = None if body is ... else json.dumps(body).encode()
        url = URL(self.server.url + path, encoded=True)
        async with self.session.request(method, url, data=data, headers=headers) as response:
            return response.status, await response.json()

    async def predict(self, tag: str, inputs: Any, query: str = "") -> Any:
        status, prediction = await self("POST", f"/predict/{tag}{query}", inputs)
        assert status == 200, prediction
        return prediction


@asynccontextmanager
async def running(data: Path, rows: int = 0) -> AsyncIterator[Api]:
    """The stand-in, started, with its state in ``data``."""
    server = prediction_server(ACCOUNTS, data, rows)
    await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Api(server, session)
    finally:
        await server.stop()


def value(kind: str, data: bytes | None, shape: list[int] | None = None) -> dict[str, Any]:
    url = None if data is None else "data:application/octet-stream;base64," + base64.b64encode(data).decode()
    return {"data": url, "type": kind, "shape": shape}


def content(answered: dict[str, Any]) -> bytes:
    return base64.b64decode(answered["data"].partition(",")[2])


def refusal(message: str) -> dict[str, Any]:
    return {"error": message, "errors": [{"message": message}]}
