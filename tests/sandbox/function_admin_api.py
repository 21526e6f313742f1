"""A running function administration stand-in, and a client that speaks to its functions API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.function_admin import function_admin_server
from gateway.sandbox.server import SandboxServer

ACCOUNTS = Accounts()
ADMIN = {"Authorization": f"Bearer {ACCOUNTS.yusuf_key}"}
USER = {"Authorization": f"Bearer {ACCOUNTS.ada_key}"}
FUNCTIONS = "/api/v1/functions"
PIPE = "class Pipe:\n    def pipe(self, body):\n        return 1\n"


def form(content: str, function_id: str = "fresh", **members: Any) -> dict[str, Any]:
    return {"id": function_id, "name": function_id, "content": content, "meta": {"description": "x"}} | members


def with_valves(*lines: str) -> str:
    """A pipe whose ``Valves`` class has these lines."""
    body = "".join(f"        {line}\n" for line in lines)
    return f"from pydantic import BaseModel, Field\n\n\nclass Pipe:\n    class Valves(BaseModel):\n{body}"


@dataclass
class Api:
    """Requests to the functions API, as the administrator unless told otherwise; answers are status and body."""

    server: SandboxServer
    session: aiohttp.ClientSession

    async def get(self, path: str, headers: dict[str, str] = ADMIN) -> tuple[int, Any]:
        return await self.send("GET", FUNCTIONS + path, None, headers)

    async def post(self, path: str, body: Any = None, headers: dict[str, str] = ADMIN) -> tuple[int, Any]:
        return await self.send("POST", FUNCTIONS + path, body, headers)

    async def delete(self, path: str, headers: dict[str, str] = ADMIN) -> tuple[int, Any]:
        return await self.send("DELETE", FUNCTIONS + path, None, headers)

    async def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        url = URL(self.server.url + path, encoded=True)
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            return (
                answer.status,
                await answer.json() if answer.content_type == "application/json" else await answer.text(),
            )

    async def create(self, content: str, function_id: str = "fresh") -> dict[str, Any]:
        status, created = await self.post("/create", form(content, function_id))
        assert status == 200, created
        return dict(created)

    async def function(self, function_id: str = "fresh") -> dict[str, Any]:
        status, function = await self.get(f"/id/{function_id}")
        assert status == 200, function
        return dict(function)

    async def ids(self) -> list[str]:
        _, rows = await self.get("/")
        return [row["id"] for row in rows]


@asynccontextmanager
async def running(data: Path, rows: int = 0) -> AsyncIterator[Api]:
    server = function_admin_server(ACCOUNTS, data, rows)
    await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Api(server, session)
    finally:
        await server.stop()
