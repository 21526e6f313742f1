"""A client of graphql-transport-ws that sends whatever a test wants, right or wrong."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from msgspec.structs import replace

from gateway.settings import Settings, WebSocketSettings
from tests.harness import Gateway

PROTOCOL = "graphql-transport-ws"
QUIET_S = 0.1
"""How long a test listens to be sure that nothing comes."""


def following(words: int, selection: str = "results { stringValue }") -> str:
    """A subscription to a predictor that streams one state per word, 20 ms apart."""
    text = " ".join(str(number) for number in range(1, words + 1))
    return f"""subscription {{ prediction(input: {{
      tag: "@fxn/stream", client: "test", inputs: [{{name: "text", stringValue: "{text}"}}]
    }}) {{ {selection} }} }}"""


@dataclass(frozen=True)
class Socket:
    """An open socket."""

    ws: aiohttp.ClientWebSocketResponse

    async def send(self, kind: str, **members: Any) -> None:
        await self.ws.send_json({"type": kind, **members})

    async def subscribe(self, operation_id: str, query: str, **members: Any) -> None:
        await self.send("subscribe", id=operation_id, payload={"query": query, **members})

    async def init(self, payload: Any = None) -> None:
        await self.send("connection_init", payload=payload)
        assert await self.next() == {"type": "connection_ack"}

    async def next(self) -> Any:
        """The next message."""
        return await self.ws.receive_json(timeout=5)

    async def until_end(self, operation_id: str) -> list[Any]:
        """All messages up to the one that ends the operation."""
        messages = []
        while True:
            messages.append(await self.next())
            if messages[-1].get("id") == operation_id and messages[-1]["type"] in ("complete", "error"):
                return messages

    async def silent(self) -> bool:
        """Whether nothing comes for a while."""
        with contextlib.suppress(TimeoutError):
            await self.ws.receive(timeout=QUIET_S)
            return False
        return True

    async def closed(self) -> tuple[int | None, str]:
        """The code and reason with which the gateway closes; what comes before is passed over."""
        while (message := await self.ws.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED), message
        return self.ws.close_code, message.extra or ""


@contextlib.asynccontextmanager
async def connected(
    gateway: Gateway, *, protocols: Sequence[str] = (PROTOCOL,), headers: dict[str, str] | None = None
) -> AsyncIterator[Socket]:
    """A socket that has not sent anything yet."""
    url = gateway.url + "/graph"
    async with gateway.session.ws_connect(url, protocols=protocols, headers=headers) as ws:
        yield Socket(ws)


async def eventually(condition: Callable[[], bool], patience_s: float = 2) -> None:
    """Wait until ``condition()`` holds; fail after a while."""
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 (nothing tells when)
            await asyncio.sleep(0.005)


def with_limits(settings: Settings, **limits: Any) -> Settings:
    return replace(settings, websocket=WebSocketSettings(**limits))
