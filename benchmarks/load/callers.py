"""Callers: each keeps a connection open, asks, reads the whole answer, and thinks for a while.

HTTP by hand: it is cheap, and it tells an answer that broke off from a connection that was closed before any answer.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.load.operations import OPERATIONS, Operation

THINK_S = (2.0, 9.0)
PATIENCE_S = 60.0
TURNED_AWAY, REFUSED, BROKE_OFF, SILENT = "turned away", "refused", "broke off", "no answer"
"""What came of a request that has no answer. Turned away: its connection was closed without a byte of one."""


@dataclass
class Asked:
    """Every request: the number of its operation, when it was sent, seconds that it took, status or what else came of
    it, and the codes of its errors."""

    named: bool
    rows: list[tuple[int, float, float, int | str, list[str]]] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    """The numbers of the requests with a whole answer."""
    last: int = 0
    open: int = 0
    most_open: int = 0


class Caller:
    """One connection. ``stop`` lets it finish what it is at."""

    def __init__(self, port: int, key: str, chance: random.Random, asked: Asked) -> None:
        self._port = port
        self._head = (
            f"POST /graph HTTP/1.1\r\nHost: load\r\nContent-Type: application/json\r\nAuthorization: Bearer {key}"
        )
        self._chance = chance
        self._asked = asked
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until ``stop``, or until nobody listens."""
        outcome: int | str = ""
        await _pause(stop, self._chance.uniform(0, THINK_S[1]))
        while not stop.is_set() and outcome != REFUSED:
            outcome = await self._ask()
            await _pause(stop, self._chance.uniform(*THINK_S))
        self._hang_up()

    async def _ask(self) -> int | str:
        number, operation = self._drawn()
        self._asked.last += 1
        load_id = self._asked.last
        started_s = time.monotonic()
        codes: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE_S):
                status, codes = await self._exchanged(operation, load_id)
            outcome: int | str = status
            self._asked.answered.append(load_id)
        except TimeoutError:
            outcome = SILENT
        except (OSError, asyncio.IncompleteReadError) as error:
            outcome = _missing(error)
        if isinstance(outcome, str):
            self._hang_up()
        self._asked.rows.append((number, started_s, time.monotonic() - started_s, outcome, codes))
        return outcome

    def _drawn(self) -> tuple[int, Operation]:
        [number] = self._chance.choices(range(len(OPERATIONS)), [operation.share for operation in OPERATIONS])
        return number, OPERATIONS[number]

    async def _exchanged(self, operation: Operation, load_id: int) -> tuple[int, list[str]]:
        if self._streams is not None and self._streams[0].at_eof():
            self._hang_up()  # the gateway has closed it in between
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            self._asked.open += 1
            self._asked.most_open = max(self._asked.open, self._asked.most_open)
        reader, writer = self._streams
        body = operation.body(self._chance)
        name = f"\r\nX-Load-Id: {load_id}" if self._asked.named else ""
        writer.write(f"{self._head}{name}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        fields = dict(line.split(": ", 1) for line in head.strip().split("\r\n")[1:])
        try:
            content = await reader.readexactly(int(fields["content-length"]))
        except asyncio.IncompleteReadError as error:
            raise asyncio.IncompleteReadError(head.encode() + error.partial, None) from error
        if fields.get("connection") == "close":
            self._hang_up()
        return int(head[9:12]), _codes(content)

    def _hang_up(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
            self._asked.open -= 1


def _missing(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return REFUSED
    if isinstance(error, asyncio.IncompleteReadError) and error.partial:
        return BROKE_OFF
    return TURNED_AWAY


def _codes(content: bytes) -> list[str]:
    """The codes of the errors; it must be a GraphQL response."""
    body: dict[str, Any] = json.loads(content)
    assert body.keys() <= {"data", "errors"}, content[:300]
    return sorted({error["extensions"]["code"] for error in body.get("errors", ())})


async def _pause(stop: asyncio.Event, duration_s: float) -> None:
    try:
        async with asyncio.timeout(duration_s):
            await stop.wait()
    except TimeoutError:
        pass


def callers(count: int, port: int, key: str, seed: int, asked: Asked) -> Sequence[Caller]:
    return [Caller(port, key, random.Random(f"{seed} caller {number}"), asked) for number in range(count)]  # noqa: S311
