"""A plan as data: its levels, and for each field where its values come from. ``explain`` shows it as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from graphql import GraphQLField

from gateway.execution.completion import Completion, ListOf
from gateway.execution.objects import AbstractOf, ObjectOf
from gateway.execution.tree import Field, Selection

N = TypeVar("N")

Notes = Callable[[GraphQLField], Iterable[N]]
"""What only the schema's owner knows of a field, such as what its resolver asks of others."""


@dataclass(slots=True)
class Level(Generic[N]):
    """Rows of one type. One that several fields share is outlined once: ``same_as`` names the field that has it."""

    condition: str | None = None
    """The type of the rows, where there are several."""
    in_place: list[str] = field(default_factory=list)
    """Keys of the fields that are read from the rows as they are."""
    fields: list[Fetched[N]] = field(default_factory=list)
    """The other fields."""
    same_as: str | None = None


@dataclass(slots=True)
class Fetched(Generic[N]):
    """A field that is not read in place, and the levels below it: one for each type that its rows may have."""

    key: str
    source: str
    type: str
    notes: list[N]
    below: list[Level[N]]


def outline(root: Selection, notes: Notes[N]) -> Level[N]:
    """The tree below ``root``."""
    return _Outline(notes).level(root, None)


class _Outline(Generic[N]):
    def __init__(self, notes: Notes[N]) -> None:
        self._notes = notes
        self._seen: dict[int, str] = {}

    def level(self, selection: Selection, condition: str | None) -> Level[N]:
        in_place = [each.key for each in selection.fields if each.in_place]
        return Level(condition, in_place, [self._fetched(each) for each in selection.columns])

    def _fetched(self, each: Field) -> Fetched[N]:
        notes = list(self._notes(each.definition))
        below = self._below(each, each.slot.completion)
        return Fetched(each.key, each.source.describe(), str(each.definition.type), notes, below)

    def _below(self, each: Field, completion: Completion) -> list[Level[N]]:
        if isinstance(completion, ListOf):
            return self._below(each, completion.item.completion)
        if isinstance(completion, ObjectOf):
            return [self._once(each, completion.selection, None)]
        if isinstance(completion, AbstractOf):
            return [self._once(each, one.selection, name) for name, one in completion.possible.items()]
        return []

    def _once(self, each: Field, selection: Selection, condition: str | None) -> Level[N]:
        if id(selection) in self._seen:
            return Level(condition, same_as=self._seen[id(selection)])
        self._seen[id(selection)] = each.key
        return self.level(selection, condition)
