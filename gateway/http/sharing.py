"""Identical queries in flight share one execution. Mutations and subscriptions never do.

``sharing_key`` is the one place that says what is identical: the document and its operation, the variables, and the
caller with everything of it that is forwarded to an upstream. Secrets are in it by fingerprint, never in clear.

The first who asks runs the query in its own task, and the others wait. When the first leaves, another one runs it anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

import msgspec

from gateway.auth.principal import Principal, fingerprint
from gateway.http.documents import Prepared

T = TypeVar("T")


class Key(NamedTuple):
    """What two requests must have in common to be answered as one."""

    executable: Hashable
    variables: bytes
    caller: Hashable


def sharing_key(prepared: Prepared, principal: Principal) -> Key | None:
    """None for what is not shared."""
    if not prepared.is_query:
        return None
    try:
        variables = msgspec.json.encode(prepared.variables) if prepared.variables else b""
    except TypeError:
        return None  # it brings files
    return Key(prepared.executable, variables, forwarded(principal))


def forwarded(principal: Principal) -> tuple[Hashable, ...]:
    """The caller, and what upstreams are sent of it."""
    secret, unknown = principal.secret, principal.unknown_key
    known_as = secret and fingerprint(secret)
    return principal.id, principal.roles, known_as, known_as if unknown == secret else unknown and fingerprint(unknown)


class Share(Generic[T]):
    """The executions that are in flight."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, list[asyncio.Future[T | None]]] = {}

    async def shared(self, key: Hashable, execute: Callable[[], Awaitable[T]]) -> T:
        """What ``execute`` gives, or what an equal one in flight gives."""
        while (waiting := self._flights.get(key)) is not None:
            waiter: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()
            waiting.append(waiter)
            result = await waiter
            if result is not None:
                return result
        return await self._first(key, execute)

    def seal(self) -> None:
        """Nobody joins what is in flight now: a mutation may have changed what it has read already."""
        self._flights.clear()

    async def _first(self, key: Hashable, execute: Callable[[], Awaitable[T]]) -> T:
        waiting = self._flights[key] = []
        result: T | None = None
        try:
            result = await execute()
        finally:
            if self._flights.get(key) is waiting:
                del self._flights[key]
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_result(result)
        return result
