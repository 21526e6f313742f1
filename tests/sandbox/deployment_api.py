"""Talking to the deployment stand-in, for its tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.deployment import deployment_server
from gateway.sandbox.deployment.behaviours import EXAMPLE_ID
from gateway.sandbox.server import SandboxServer

ACCOUNT_KEY = "account-key"
FUNCTIONS = "/fn/api/v0/functions"


@dataclass
class Api:
    """Requests to the stand-in, each answered with status and JSON."""

    server: SandboxServer
    session: aiohttp.ClientSession

    async def manage(self, method: str, path: str = "", key: str | None = ACCOUNT_KEY) -> tuple[int, Any]:
        return await self.request(method, self.server.url + FUNCTIONS + path, key)

    async def call(self, record: dict[str, Any], method: str, route: str, body: bytes = b"{}") -> tuple[int, Any]:
        return await self.request(method, record["invoke_url"] + route, record["inference_keys"][0]["key"], body)

    async def request(self, method: str, url: str, key: str | None, body: bytes | None = None) -> tuple[int, Any]:
        headers = {} if key is None else {"x-api-key": key}
        async with self.session.request(method, url, headers=headers, data=body) as answer:
            return answer.status, await answer.json() if answer.content_type == "application/json" else None

    async def record(self, function_id: str) -> dict[str, Any]:
        status, record = await self.manage("GET", f"/{function_id}")
        assert status == 200
        return dict(record)

    @asynccontextmanager
    async def stream(self, body: dict[str, Any]) -> AsyncIterator[aiohttp.ClientResponse]:
        example = await self.record(EXAMPLE_ID)
        headers = {"x-api-key": example["inference_keys"][0]["key"]}
        async with self.session.post(example["invoke_url"] + "/stream", json=body, headers=headers) as answer:
            yield answer


@asynccontextmanager
async def running(data: Path, rows: int = 0, creating_s: float = 2.0) -> AsyncIterator[Api]:
    server = deployment_server(Accounts(covalent_account_key=ACCOUNT_KEY), data, rows, creating_s=creating_s)
    await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Api(server, session)
    finally:
        await server.stop()


async def sent_chunks(answer: aiohttp.ClientResponse) -> list[bytes]:
    return [chunk async for chunk, _ in answer.content.iter_chunks() if chunk]
