"""Valkey or Redis. Imported only where the settings name one: the library takes 6 MB and a third of a second."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection, Sequence
from typing import Any

import redis.asyncio as client
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from gateway.store import scripts
from gateway.store.interface import MAX_MARK_BYTES, MAX_MEMBERS, Charge, Seats
from gateway.store.memory import Memory
from gateway.store.names import Names
from gateway.store.presence import AwayError, Presence, patiently

MAX_CONNECTIONS = 10
CONNECT_TIMEOUT_S = 1.0
PROBE_TTL_S = 10.0
NO_STORE = "it answers what no store does"


class Redis:
    """The store of all copies. An operation has ``timeout_s``; once one fails, ``Memory`` does all until it is back.

    Nothing is sent twice. ``degraded`` says which of the two it is.
    """

    shared = True

    def __init__(self, url: str, prefix: str, timeout_s: float, names: Names) -> None:
        self.names = names
        self._prefix = prefix
        self._timeout_s = timeout_s
        self._memory = Memory(names=names)
        self._presence = Presence(self._probe)
        self._turns = asyncio.Semaphore(MAX_CONNECTIONS)
        self._under_way: set[asyncio.Future[Any]] = set()
        self._pool = client.BlockingConnectionPool.from_url(
            url,
            max_connections=MAX_CONNECTIONS,
            timeout=None,  # there is one for each turn
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            socket_timeout=None,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            driver_info=None,
        )
        redis = client.Redis(connection_pool=self._pool)
        self._scripts = {text: redis.register_script(text) for text in scripts.ALL}

    @property
    def degraded(self) -> bool:
        return self._presence.away

    async def __aenter__(self) -> Redis:
        await self._presence.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._presence.stop()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=self._timeout_s)
        await self._pool.disconnect()

    async def get(self, name: str, max_bytes: int) -> bytes | None:
        try:
            # One byte more shows that there is more, and no larger value is ever read.
            value = await self._run(scripts.GET, [name], max_bytes)
        except AwayError:
            return await self._memory.get(name, max_bytes)
        return value if isinstance(value, bytes) and 0 < len(value) <= max_bytes else None

    async def put(self, name: str, value: bytes, ttl_s: float) -> bool:
        try:
            await self._run(scripts.PUT, [name], value, _ms(ttl_s))
        except AwayError:
            await self._memory.put(name, value, ttl_s)
            return False
        return True

    async def settle(self, name: str, mark: bytes, ttl_s: float) -> bytes:
        try:
            held = await self._run(scripts.SETTLE, [name], mark, _ms(ttl_s), MAX_MARK_BYTES)
        except AwayError:
            return await self._memory.settle(name, mark, ttl_s)
        return held if isinstance(held, bytes) else mark

    async def remove(self, name: str, mark: bytes) -> None:
        try:
            await self._run(scripts.REMOVE, [name], mark)
        except AwayError:
            await self._memory.remove(name, mark)

    async def charge(self, charges: Sequence[Charge]) -> Sequence[float]:
        amounts = (_amounts(charge) for charge in charges)
        try:
            waits = await self._listed(
                scripts.CHARGE, [charge.name for charge in charges], *(n for pair in amounts for n in pair)
            )
        except AwayError:
            return await self._memory.charge(charges)
        return [
            min(max(wait / 1e6, 0.0), charge.most_s) if isinstance(wait, int) else 0.0
            for wait, charge in zip(waits, charges, strict=False)
        ]

    async def enter(self, name: str, lease: str, seats: Seats) -> float:
        try:
            wait = await self._run(
                scripts.ENTER, _places(name), lease, _ms(seats.lease_s), seats.at_once, seats.in_window
            )
        except AwayError:
            return await self._memory.enter(name, lease, seats)
        return min(max(wait / 1e3, 0.0), seats.window_s) if isinstance(wait, int) else 0.0

    async def leave(self, name: str, lease: str, seats: Seats) -> None:
        try:
            await self._run(scripts.LEAVE, _places(name), lease, _ms(seats.window_s))
        except AwayError:
            await self._memory.leave(name, lease, seats)

    async def add(self, name: str, members: Collection[str], ttl_s: float) -> bool:
        try:
            added = await self._run(scripts.ADD, [name], _ms(ttl_s), MAX_MEMBERS, *list(members)[:MAX_MEMBERS])
        except AwayError:
            await self._memory.add(name, members, ttl_s)
            return False
        return bool(added == 1)

    async def members(self, name: str) -> frozenset[str]:
        try:
            found = await self._listed(scripts.MEMBERS, [name], MAX_MEMBERS)
        except AwayError:
            return await self._memory.members(name)
        return frozenset(each.decode("ascii", "replace") for each in found if isinstance(each, bytes))

    async def _probe(self) -> None:
        """What requests need: to write and read, by a script, in time. Raises ``AwayError``.

        After a store was away a connection is made first, which over TLS may take longer than an answer.
        """
        for timeout_s in (CONNECT_TIMEOUT_S, self._timeout_s) if self._presence.away else (self._timeout_s,):
            written = secrets.token_bytes(8)
            async with self._turns:
                if await self._attempt(timeout_s, scripts.PROBE, ["probe"], written, _ms(PROBE_TTL_S)) != written:
                    raise AwayError(NO_STORE)

    async def _run(self, script: str, names: Sequence[str], *arguments: bytes | str | int) -> Any:
        """What a script answers. Raises ``AwayError``, at once while the store is known to be away.

        Waiting for a turn is no fault of the store's, so the time-out begins after it.
        """
        if self._presence.away:
            raise AwayError
        async with self._turns:
            if self._presence.away:
                raise AwayError
            try:
                return await self._attempt(self._timeout_s, script, names, *arguments)
            except AwayError as error:
                self._presence.lost(str(error))
                raise

    async def _listed(self, script: str, names: Sequence[str], *arguments: int) -> list[Any]:
        """As ``_run``, for a script that answers with a list."""
        found = await self._run(script, names, *arguments)
        if isinstance(found, list):
            return found
        self._presence.lost(NO_STORE)
        raise AwayError(NO_STORE)

    async def _attempt(self, timeout_s: float, script: str, names: Sequence[str], *arguments: bytes | str | int) -> Any:
        """In a turn, of which there is one for each connection."""
        keys = [self._prefix + name for name in names]
        task = asyncio.ensure_future(self._scripts[script](keys, arguments))
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        try:
            return await patiently(task, timeout_s)
        except Exception as error:  # whoever answers there may answer anything
            raise AwayError(type(error).__name__) from error  # its text may hold what was sent

    def _ended(self, task: asyncio.Future[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # nobody may be waiting any more: asyncio is not to report it as lost


def _places(name: str) -> list[str]:
    return [f"{name}:held", f"{name}:recent"]


def _amounts(charge: Charge) -> tuple[int, int]:
    """In microseconds: until the points are back, and the longest until the bucket is full."""
    return round(charge.points / charge.points_per_second * 1e6), round(charge.most_s * 1e6)


def _ms(seconds_s: float) -> int:
    return max(round(seconds_s * 1000), 1)
