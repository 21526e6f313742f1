"""Kept answers that other gateways find: in the store, under names that only who has the same key can make.

What is private has its caller's *mark* in its name, a random value that all gateways agree on. A mutation replaces the
mark, and what was kept under the old one is found no more; so is what a query that began before it puts there after it.
"""

from __future__ import annotations

import asyncio
import secrets
import struct
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import msgspec
import structlog

from gateway import __version__
from gateway.auth.principal import Principal
from gateway.http.answer_age import Age
from gateway.http.executable import Executable
from gateway.http.kept_answers import Sized
from gateway.store.interface import Store

A = TypeVar("A", bound=Sized)

MAX_ANSWER_BYTES = 256 * 1024
"""Larger ones stay where they were made."""
MARK_TTL_S = 3600.0
MARK_BYTES = 16
MAX_OWED = 10_000
RETRY_S = 0.5
_MADE_AT = struct.Struct(">d")
"""Before the JSON: seconds of the epoch. Clocks may differ by what an answer's age does not matter."""

log = structlog.get_logger("fngraph.store")


class Found(NamedTuple, Generic[A]):
    """An answer of the store, and the seconds for which it may still be given."""

    answer: A
    left_s: float


class StoredAnswers(Generic[A]):
    """``read`` makes an answer of its JSON; it raises ``msgspec.MsgspecError`` for what is none."""

    def __init__(self, store: Store, read: Callable[[bytes], A]) -> None:
        self._store = store
        self._read = read
        self._owed: dict[str, bytes] = {}
        self._paying: asyncio.Task[None] | None = None

    async def mark(self, principal: Principal) -> bytes:
        """What the caller's private answers are kept under at the moment; here only, while the store has missed it."""
        name = self._mark_name(principal)
        return self._owed.get(name) or await self._store.settle(name, _new_mark(), MARK_TTL_S)

    async def drop(self, principal: Principal) -> None:
        """Have the caller's private answers found no more, at any gateway; later, if the store is away."""
        name = self._mark_name(principal)
        self._owed[name] = mark = _new_mark()  # before the store is told: the caller may leave meanwhile
        try:
            await self._tell(name, mark)
        finally:
            self._see_to_debts(name)

    def name(self, executable: Executable, variables: bytes, principal: Principal | None, mark: bytes) -> str:
        """``principal`` is None for what is public."""
        source = executable.document.loc
        text = source.source.body if source is not None else ""
        operation = executable.node.name.value if executable.node.name else ""
        return self._store.names.of("answer", __version__, text, operation, variables, _caller(principal), mark)

    async def get(self, name: str, age: Age) -> Found[A] | None:
        """The answer, if there is one that is not too old."""
        value = await self._store.get(name, MAX_ANSWER_BYTES)
        value = value and self._store.names.unsealed(name, value)
        if value is None or len(value) <= _MADE_AT.size:
            return None
        left_s = _MADE_AT.unpack_from(value)[0] + age.seconds - time.time()
        if not left_s > 0:
            return None
        try:
            return Found(self._read(value[_MADE_AT.size :]), min(left_s, age.seconds))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None

    async def put(self, name: str, age: Age, answer: A) -> None:
        """Keep it, unless it is too large."""
        value = self._store.names.sealed(name, _MADE_AT.pack(time.time()) + answer.content)
        if len(value) <= MAX_ANSWER_BYTES:
            await self._store.put(name, value, age.seconds)

    def _mark_name(self, principal: Principal) -> str:
        return self._store.names.of("mark", _caller(principal))

    async def _tell(self, name: str, mark: bytes) -> bool:
        """False if the store is away.

        It gets a mark that nobody has yet: should it come after that of a later mutation, nothing old is kept under it.
        """
        told = await self._store.put(name, _new_mark(), MARK_TTL_S)
        if told and self._owed.get(name) == mark:
            del self._owed[name]
        return told

    def _see_to_debts(self, name: str) -> None:
        """``name`` is the latest."""
        if len(self._owed) > MAX_OWED and name in self._owed:
            del self._owed[name]
            log.warning("too many mutations that the store has missed: other copies keep what one has changed")
        if self._owed and (self._paying is None or self._paying.done()):
            self._paying = asyncio.create_task(self._pay())

    async def _pay(self) -> None:
        """Tell the store what it has missed."""
        while self._owed:
            await asyncio.sleep(RETRY_S)
            for name, mark in list(self._owed.items()):
                if self._store.degraded or not await self._tell(name, mark):
                    break


def _new_mark() -> bytes:
    return secrets.token_bytes(MARK_BYTES)


def _caller(principal: Principal | None) -> list[object]:
    """As ``sharing.forwarded``, in an order that all processes have."""
    if principal is None:
        return []
    roles = None if principal.roles is None else sorted(role.value for role in principal.roles)
    return [principal.id, roles, principal.secret, principal.unknown_key]
