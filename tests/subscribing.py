"""A subscription over the gateway's WebSocket, as a client of ``graphql-transport-ws`` makes it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from tests.harness import Gateway


@contextlib.asynccontextmanager
async def subscribed(
    gateway: Gateway, document: str, variables: dict[str, Any] | None = None, key: str | None = "user"
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The events, as ``{"data", "errors"}``; leaving the context closes the socket, whatever is under way."""
    accounts = gateway.sandbox.accounts
    secret = {"user": accounts.ada_key, "admin": accounts.yusuf_key, None: "null"}[key]
    headers = {"Authorization": f"Bearer {secret}"}
    async with gateway.session.ws_connect(
        gateway.url + "/graph", protocols=["graphql-transport-ws"], headers=headers
    ) as socket:
        await socket.send_json({"type": "connection_init"})
        assert (await socket.receive_json())["type"] == "connection_ack"
        payload = {"query": document, "variables": variables}
        await socket.send_json({"type": "subscribe", "id": "1", "payload": payload})

        async def events() -> AsyncIterator[dict[str, Any]]:
            while True:
                message = await socket.receive_json()
                match message["type"]:
                    case "next":
                        yield message["payload"]
                    case "error":
                        yield {"errors": message["payload"]}
                        return
                    case "complete":
                        return
                    case "ping":
                        await socket.send_json({"type": "pong"})

        yield events()
