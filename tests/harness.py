"""A real gateway on a real socket over the sandbox, and a client that speaks to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
from msgspec.structs import replace
from starlette.types import ASGIApp

from gateway.app import create_app
from gateway.process.server import uvicorn_server
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings

GREETING = "@fxn/greeting"
SERVICE = "663accb6f7d37dbf2a4687b7"


@dataclass(frozen=True)
class Answer:
    """What the gateway said; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def data(self) -> Any:
        """``data`` of an answer without errors."""
        assert "errors" not in self.body, self.body
        return self.body["data"]

    @property
    def errors(self) -> list[tuple[str, str | None, str | None]]:
        """Each error as (first name of its path, code, service), sorted."""
        return sorted(
            (str(error.get("path", [""])[0]), error["extensions"].get("code"), error["extensions"].get("service"))
            for error in self.body["errors"]
        )


@dataclass(frozen=True)
class Gateway:
    """A running gateway. ``url`` is its address without a path."""

    url: str
    session: aiohttp.ClientSession
    sandbox: Sandbox

    async def post(self, document: str, variables: dict[str, Any] | None = None, key: str | None = "admin") -> Answer:
        """Send a document as ``admin`` (yusuf), ``user`` (ada), with any other key, or anonymously (None)."""
        headers = {}
        if key is not None:
            accounts = self.sandbox.accounts
            known = {"admin": accounts.yusuf_key, "user": accounts.ada_key}
            headers["Authorization"] = f"Bearer {known.get(key, key)}"
        body: dict[str, Any] = {"query": document, "variables": variables}
        async with self.session.post(self.url + "/graph", json=body, headers=headers) as response:
            return Answer(
                response.status,
                {name.lower(): value for name, value in response.headers.items()},
                await response.json(),
            )

    @property
    def counts(self) -> dict[str, int]:
        """Requests that each upstream received, without token requests; upstreams that received none are left out."""
        counted = {
            name: sum(request.path != "/connect/token" for request in server.log)
            for name, server in self.sandbox.servers.items()
        }
        return {name: count for name, count in counted.items() if count}


@contextlib.asynccontextmanager
async def serving(settings: Settings, sandbox: Sandbox, app: ASGIApp | None = None) -> AsyncIterator[Gateway]:
    """Run a gateway on a free port; ``app`` may be what ``create_app`` made of the settings."""
    server = uvicorn_server(app or create_app(settings), settings)
    socket = server.config.bind_socket()
    task = asyncio.create_task(server.serve(sockets=[socket]))
    while not server.started:
        assert not task.done(), "the gateway did not start"
        await asyncio.sleep(0.005)
    try:
        async with aiohttp.ClientSession() as session:
            yield Gateway(f"http://127.0.0.1:{socket.getsockname()[1]}", session, sandbox)
    finally:
        server.should_exit = True
        await task
        socket.close()


def with_upstream(settings: Settings, name: str, **changes: Any) -> Settings:
    """The settings with members of one upstream changed."""
    upstream = replace(getattr(settings, name), **changes)
    return replace(settings, **{name: upstream})
