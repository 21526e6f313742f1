"""A plan as text: its levels, and for each field where its values come from.

query, one row
  posts  async resolver, each row -> [Post]
    id, title  in place
    user  one call for all rows: users -> User
      name  in place
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from graphql import GraphQLField

from gateway.execution.completion import Completion, ListOf
from gateway.execution.objects import AbstractOf, ObjectOf
from gateway.execution.tree import Field, Selection

Notes = Callable[[GraphQLField], Iterable[str]]
"""Lines about a field that only the schema's owner knows, such as what its resolver asks of others."""


def explain(operation: str, root: Selection, notes: Notes) -> str:
    """The tree. A level that several fields share is shown once, and named afterwards."""
    return "\n".join([f"{operation}, one row", *_Explanation(notes).level(root, "  ")])


class _Explanation:
    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._shown: dict[int, str] = {}

    def level(self, selection: Selection, indent: str) -> Iterator[str]:
        in_place = [each.key for each in selection.fields if each.in_place]
        if in_place:
            yield f"{indent}{', '.join(in_place)}  in place"
        for field in selection.columns:
            yield f"{indent}{field.key}  {field.source.describe()} -> {field.definition.type}"
            yield from (f"{indent}  > {note}" for note in self._notes(field.definition))
            yield from self._below(field, field.slot.completion, indent + "  ")

    def _below(self, field: Field, completion: Completion, indent: str) -> Iterator[str]:
        if isinstance(completion, ListOf):
            yield from self._below(field, completion.item.completion, indent)
        elif isinstance(completion, ObjectOf):
            yield from self._once(field, completion.selection, indent)
        elif isinstance(completion, AbstractOf):
            for name, each in completion.possible.items():
                yield f"{indent}if {name}"
                yield from self._once(field, each.selection, indent + "  ")

    def _once(self, field: Field, selection: Selection, indent: str) -> Iterator[str]:
        if id(selection) in self._shown:
            yield f"{indent}as below {self._shown[id(selection)]}"
            return
        self._shown[id(selection)] = field.key
        yield from self.level(selection, indent)
