"""A plan as text: its levels, and for each field where its values come from.

query, one row
  posts  async resolver, each row -> [Post]
    id, title  in place
    user  one call for all rows: users -> User
      name  in place
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.execution.outline import Fetched, Level


def explain(operation: str, root: Level[str]) -> str:
    """The tree, with notes as lines. A level that several fields share is shown once, and named afterwards."""
    return "\n".join([f"{operation}, one row", *_level(root, "  ")])


def _level(level: Level[str], indent: str) -> Iterator[str]:
    if level.condition is not None:
        yield f"{indent}if {level.condition}"
        indent += "  "
    if level.same_as is not None:
        yield f"{indent}as below {level.same_as}"
    if level.in_place:
        yield f"{indent}{', '.join(level.in_place)}  in place"
    for field in level.fields:
        yield from _field(field, indent)


def _field(field: Fetched[str], indent: str) -> Iterator[str]:
    yield f"{indent}{field.key}  {field.source} -> {field.type}"
    yield from (f"{indent}  > {note}" for note in field.notes)
    for level in field.below:
        yield from _level(level, indent + "  ")
