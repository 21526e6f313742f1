"""Talking to the invoke stand-in, for its tests."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.invoke import invoke_server
from gateway.sandbox.server import SandboxServer

ACCOUNTS = Accounts(nyckel_client_id="cid", nyckel_client_secret="secret")
FORM = {"client_id": "cid", "client_secret": "secret", "grant_type": "client_credentials"}
NAMED = 9
FORBIDDEN = (403, {"message": "Forbidden"})
NO_MODEL = (400, {"message": "No model available to invoke function"})


@dataclass
class Api:
    """Requests to the stand-in, each answered with status and JSON."""

    server: SandboxServer
    session: aiohttp.ClientSession

    async def sign_in(self, form: dict[str, str] = FORM) -> tuple[int, Any]:
        async with self.session.post(self.server.url + "/connect/token", data=form) as answer:
            return answer.status, await answer.json()

    async def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with self.session.request(method, self.server.url + path, json=body) as answer:
            return answer.status, await answer.json() if await answer.read() else None

    async def invoke(self, function_id: str, data: Any, query: str = "?capture=false") -> tuple[int, Any]:
        return await self("POST", f"/v1/functions/{function_id}/invoke{query}", {"data": data})

    async def label_of(self, function_id: str, data: Any) -> str:
        status, output = await self.invoke(function_id, data)
        assert status == 200, output
        return str(output["labelName"])

    async def samples(self, function_id: str, query: str = "") -> list[Any]:
        status, samples = await self("GET", f"/v1/functions/{function_id}/samples{query}")
        assert status == 200, samples
        return list(samples)


@asynccontextmanager
async def running(data: Path, rows: int = 0, requests_per_second: int = 10_000, **settings: Any) -> AsyncIterator[Api]:
    """The stand-in, started, and a session that is signed in."""
    server = invoke_server(ACCOUNTS, data, rows, requests_per_second=requests_per_second, **settings)
    await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            api = Api(server, session)
            _, token = await api.sign_in()
            session.headers["Authorization"] = f"Bearer {token['access_token']}"
            server.log.clear()
            yield api
    finally:
        await server.stop()


def pgm(pixels: bytes, width: int = 8, height: int = 8) -> str:
    content = b"P5 %d %d 255\n" % (width, height) + pixels
    return "data:image/x-portable-graymap;base64," + base64.b64encode(content).decode()
