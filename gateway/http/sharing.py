"""Identical queries in flight share one execution. Mutations and subscriptions never do.

``sharing_key`` is the one place that says what is identical: the document and its operation, the variables, and the
caller with everything of it that is forwarded to an upstream. Secrets are in it by fingerprint, never in clear.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import TypeVar

import msgspec

from gateway.auth.principal import ANONYMOUS, Principal, fingerprint
from gateway.http.documents import Prepared
from gateway.in_flight import InFlight

T = TypeVar("T")


class Key(msgspec.Struct, frozen=True):
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
    return ANONYMOUSLY if principal is ANONYMOUS else _forwarded(principal)


def _forwarded(principal: Principal) -> tuple[Hashable, ...]:
    secret, unknown = principal.secret, principal.unknown_key
    known_as = secret and (principal.secret_fingerprint or fingerprint(secret))
    return principal.id, principal.roles, known_as, known_as if unknown == secret else unknown and fingerprint(unknown)


ANONYMOUSLY = _forwarded(ANONYMOUS)


class Share(InFlight[T]):
    """The executions that are in flight."""

    async def shared(self, key: Hashable, execute: Callable[[], Awaitable[T]]) -> T:
        """What ``execute`` gives, or what an equal one in flight gives."""
        while (waiter := self.join(key)) is not None:
            result = await waiter
            if result is not None:
                return result
        flight = self.lead(key)
        try:
            # A turn of the loop for those who ask in the same moment. Without it, callers who ask again and again split
            # into groups, each of which just misses the flight of another.
            await asyncio.sleep(0)
            flight.result = result = await execute()
        finally:
            flight.land()
        return result
