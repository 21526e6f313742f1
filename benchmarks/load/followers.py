"""Followers: sockets of graphql-transport-ws with several subscriptions each, begun anew whenever they end."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from benchmarks.load.operations import FOLLOW, LISTEN

WORDS = (5, 40)
PAUSE_S = (0.5, 3.0)
MAX_PAUSES = 8
"""After errors in a row a follower waits twice as long each time, up to so many times the pause."""
LISTENING = 0.2
"""The share of those that listen to an endpoint; the others follow a prediction."""


@dataclass
class Followed:
    """What all of them have seen. ``closings`` are codes of sockets that the gateway closed."""

    counts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    closings: Counter[str] = field(default_factory=Counter)
    running: int = 0
    most_running: int = 0


class Follower:
    """One socket."""

    def __init__(self, port: int, key: str, subscriptions: int, chance: random.Random, followed: Followed) -> None:
        self._url = f"http://127.0.0.1:{port}/graph"
        self._key = key
        self._subscriptions = subscriptions
        self._chance = chance
        self._followed = followed
        self._last = 0
        self._pauses = 1
        self._running: set[str] = set()
        self._beginning: set[asyncio.Task[None]] = set()

    async def run(self, session: aiohttp.ClientSession, stop: asyncio.Event) -> None:
        """Until ``stop``, or until the gateway closes it."""
        await asyncio.sleep(self._chance.uniform(0, 5))
        try:
            socket = await session.ws_connect(self._url, protocols=["graphql-transport-ws"])
        except aiohttp.ClientConnectionError:
            self._count("not connected")
            return
        closing = asyncio.create_task(_close(socket, stop))
        await self._follow(socket)
        closing.cancel()
        if not stop.is_set():
            self._followed.closings[str(socket.close_code)] += 1
        self._end_all()

    async def _follow(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await socket.send_json({"type": "connection_init", "payload": {"Authorization": f"Bearer {self._key}"}})
        async for frame in socket:
            message = json.loads(frame.data)
            match message["type"]:
                case "connection_ack":
                    for _ in range(self._subscriptions):
                        self._later(socket)
                case "next":
                    self._pauses = 1
                    self._count("events")
                    self._note(message["payload"].get("errors", ()))
                case "error":
                    self._pauses = min(2 * self._pauses, MAX_PAUSES)
                    self._note(message["payload"])
                    self._ended(socket, message["id"], "errors")
                case "complete":
                    self._ended(socket, message["id"], "completions")

    def _later(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        beginning = asyncio.create_task(self._begin(socket))
        self._beginning.add(beginning)
        beginning.add_done_callback(self._beginning.discard)

    async def _begin(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await asyncio.sleep(self._chance.uniform(*PAUSE_S) * self._pauses)
        self._last += 1
        self._running.add(str(self._last))
        self._followed.running += 1
        self._followed.most_running = max(self._followed.running, self._followed.most_running)
        payload: dict[str, Any] = {"query": LISTEN}
        if self._chance.random() >= LISTENING:
            text = " ".join(str(number) for number in range(self._chance.randint(*WORDS)))
            payload = {"query": FOLLOW, "variables": {"text": text}}
        try:
            await socket.send_json({"type": "subscribe", "id": str(self._last), "payload": payload})
        except aiohttp.ClientError:
            return  # it is being closed
        self._count("subscriptions")

    def _ended(self, socket: aiohttp.ClientWebSocketResponse, operation_id: str, how: str) -> None:
        self._count(how)
        self._running.remove(operation_id)
        self._followed.running -= 1
        self._later(socket)

    def _end_all(self) -> None:
        for beginning in self._beginning:
            beginning.cancel()
        self._followed.running -= len(self._running)
        self._running.clear()

    def _count(self, name: str) -> None:
        self._followed.counts[name] += 1

    def _note(self, errors: Sequence[Any]) -> None:
        self._followed.codes.update(error["extensions"]["code"] for error in errors)


async def _close(socket: aiohttp.ClientWebSocketResponse, stop: asyncio.Event) -> None:
    await stop.wait()
    await socket.close()


def followers(
    sockets: int, subscriptions: int, port: int, key: str, seed: int, followed: Followed
) -> Sequence[Follower]:
    """``subscriptions`` on each socket."""
    chances = [random.Random(f"{seed} follower {number}") for number in range(sockets)]  # noqa: S311
    return [Follower(port, key, subscriptions, chance, followed) for chance in chances]
