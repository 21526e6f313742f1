"""The bare ASGI application under every floor: body in, bytes out, one aiohttp session for the upstreams."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import aiohttp
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.rig.places import python, python_env
from benchmarks.rig.processes import Command

Answer = Callable[[aiohttp.ClientSession, bytes, dict[str, str]], Awaitable[bytes]]
"""From a request's body, and the ``Authorization`` header to send on if there is one, to the answer's body."""


def application(answer: Answer) -> ASGIApp:
    sessions: list[aiohttp.ClientSession] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send, sessions)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        content = await answer(sessions[0], body, _credential(scope))
        length = str(len(content)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    return app


def _credential(scope: Scope) -> dict[str, str]:
    value = next((value for name, value in scope["headers"] if name == b"authorization"), None)
    return {} if value is None else {"Authorization": value.decode()}


async def _lifespan(receive: Receive, send: Send, sessions: list[aiohttp.ClientSession]) -> None:
    await receive()
    sessions.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=75)))
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await sessions[0].close()
    await send({"type": "lifespan.shutdown.complete"})


def uvicorn_command(name: str, factory: str, port: int, **env: str) -> Command:
    """An ASGI application made by ``module:factory``, under uvicorn as it is fastest."""
    argv = [python(), "-m", "uvicorn", "--factory", factory, "--host", "127.0.0.1", "--port", str(port)]
    argv += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error", "--backlog", "4096"]
    return Command(name, argv, port, {**python_env(), **env})
