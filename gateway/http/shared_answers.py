"""One answer for several requests: those in flight at the same moment, and those within the age that is allowed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from graphql import GraphQLSchema
from msgspec.structs import replace

from gateway.auth.principal import Principal
from gateway.http.answer_age import Age, Ages
from gateway.http.documents import Prepared
from gateway.http.executable import Executable
from gateway.http.kept_answers import KeptAnswers, Sized
from gateway.http.sharing import Key, Share, forwarded, sharing_key
from gateway.http.stored_answers import StoredAnswers
from gateway.settings import Settings
from gateway.store.interface import Store

A = TypeVar("A", bound=Sized)
Execute = Callable[[], Awaitable[A]]

NOT_KEPT = Age(0.0, public=False)


class SharedAnswers(Generic[A]):
    """Raises ``SettingsError`` for names in ``[answers]`` that the schema does not have."""

    def __init__(self, schema: GraphQLSchema, settings: Settings, store: Store, read: Callable[[bytes], A]) -> None:
        """``read`` makes an answer of the JSON that another gateway put into the store."""
        self._in_flight: Share[A] | None = Share() if settings.share_queries else None
        self.kept: KeptAnswers[A] = KeptAnswers(settings.answers.max_bytes)
        self._ages = Ages(schema, settings.answers)
        stored = store.shared and self._ages.any
        self._stored: StoredAnswers[A] | None = StoredAnswers(store, read) if stored else None
        self._age_of: WeakKeyDictionary[Executable, Age] = WeakKeyDictionary()
        self._latest = [self]

    def succeeded_by(self, successor: SharedAnswers[A]) -> None:
        """From now on nothing is kept here; what mutations change here is dropped in the latest successor, too."""
        self.kept = KeptAnswers(0)
        self._latest[0] = successor
        successor._latest = self._latest

    @property
    def joined(self) -> int:
        """How many queries have joined an identical one."""
        return self._in_flight.joined if self._in_flight is not None else 0

    def unshared(self, prepared: Prepared) -> bool:
        """Whether its answer is for one request alone: nobody could join it, and it is not kept."""
        return prepared.executable.immediate and not (self._ages.any and self._age(prepared).seconds)

    def answer(self, prepared: Prepared, principal: Principal, execute: Execute[A]) -> Awaitable[A]:
        """What ``execute`` gives, or gives another request that is equal, or has given one a short while ago."""
        age = self._age(prepared) if self._ages.any and prepared.is_query else NOT_KEPT
        key = sharing_key(prepared, principal)
        if key is None:
            return self._alone(prepared, principal, execute)
        if not age.seconds:
            return self._shared(key, execute)
        if self._stored is not None:
            return self._anywhere(self._stored, prepared.executable, key, age, principal, execute)
        return self._here(key, age, execute)

    def _shared(self, key: Key, execute: Execute[A]) -> Awaitable[A]:
        return execute() if self._in_flight is None else self._in_flight.shared(key, execute)

    async def _here(self, key: Key, age: Age, execute: Execute[A]) -> A:
        """As ``answer``, of this gateway."""
        kept = self.kept.get(key, age)
        if kept is not None:
            return kept
        changes = self.kept.changes(key.caller)
        answer = await self._shared(key, execute)
        if answer.flawless and self.kept.changes(key.caller) == changes:
            self.kept.put(key, age, answer)
        return answer

    async def _anywhere(
        self,
        stored: StoredAnswers[A],
        executable: Executable,
        key: Key,
        age: Age,
        principal: Principal,
        execute: Execute[A],
    ) -> A:
        """As ``answer``, of all gateways. What is kept here is found by the mark that the store has for the caller."""
        mark = b"" if age.public else await stored.mark(principal)
        marked = replace(key, caller=(key.caller, mark))
        kept = self.kept.get(marked, age)
        if kept is not None:
            return kept

        async def find_or_execute() -> A:
            name = stored.name(executable, key.variables, None if age.public else principal, mark)
            found = await stored.get(name, age)
            if found is not None:
                self.kept.put(marked, age._replace(seconds=found.left_s), found.answer)
                return found.answer
            answer = await execute()
            if answer.flawless:
                self.kept.put(marked, age, answer)
                await stored.put(name, age, answer)
            return answer

        return await self._shared(marked, find_or_execute)

    async def _alone(self, prepared: Prepared, principal: Principal, execute: Execute[A]) -> A:
        """A mutation changes what was read before it."""
        try:
            return await execute()
        finally:
            if not prepared.is_query:
                self._changed(principal)
                await self._changed_in_store(principal)

    def _changed(self, principal: Principal) -> None:
        for answers in {self, *self._latest}:
            answers.kept.drop(forwarded(principal))
            if answers._in_flight is not None:
                answers._in_flight.seal()

    async def _changed_in_store(self, principal: Principal) -> None:
        stored = self._stored or self._latest[0]._stored
        if stored is not None:
            await stored.drop(principal)

    def _age(self, prepared: Prepared) -> Age:
        executable = prepared.executable
        age = self._age_of.get(executable)
        if age is None:
            age = self._age_of[executable] = self._ages.of(executable.document, executable.node)
        return age
