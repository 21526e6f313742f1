"""What a plan is made of.

A ``Selection`` is a level: the rows are objects of one type, the columns are its ``Field``s. A field says where its
values come from (``source``) and has a ``Slot``, the place that holds them; a list has another slot for its items.
Slots are where the specification stops errors: a nullable slot becomes null, a non-null one passes the error on
(section 6.4.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLOutputType

from gateway.execution.places import Some

if TYPE_CHECKING:
    from gateway.execution.arguments import Arguments
    from gateway.execution.codegen import Generator, Shaper
    from gateway.execution.completion import Completion
    from gateway.execution.places import Places, Step
    from gateway.execution.sources import Source


class Column(NamedTuple):
    """Values of one kind, and where they belong. The rows of a level are a column too: one object each."""

    values: list[Any]
    places: Places

    def some(self, indices: list[int]) -> Column:
        """Those at the indices."""
        return Column([self.values[index] for index in indices], Some(self.places, indices))


@dataclass(slots=True)
class Slot:
    """A place that holds a value: a field, or an item of a list."""

    completion: Completion
    nullable: bool


@dataclass(slots=True)
class Field:
    """A column of a level: one response key. Fields of the same key are merged; ``nodes`` are all of them."""

    step: Step
    parent: GraphQLObjectType
    name: str
    definition: GraphQLField
    nodes: list[FieldNode]
    arguments: Arguments
    source: Source
    slot: Slot
    leaf: GraphQLOutputType
    """The type without non-null; a leaf type where the field is read in place."""
    in_place: bool
    """Whether generated code reads it from the row: a leaf whose values need no completion."""

    @property
    def key(self) -> str:
        """The response key: the alias, or the name."""
        return str(self.step[1])


@dataclass(slots=True)
class Selection:
    """A level: objects of ``type`` and the fields that are wanted of them, in the order of the response."""

    type: GraphQLObjectType
    fields: list[Field]
    generator: Generator
    has_members: bool
    """Whether generated code has to know whether a row is a mapping."""
    shaped: int = 0
    """Rows shaped so far, by this or any execution."""
    shaper: Shaper | None = None
    mapping_shaper: Shaper | None = None
    columns: list[Field] = field(init=False)
    """The fields that generated code does not read in place."""

    def __post_init__(self) -> None:
        self.columns = [each for each in self.fields if not each.in_place]
