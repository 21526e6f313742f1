"""How deep, how wide and how costly an operation is, with its fragments where they are spread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TypeNode,
    get_named_type,
    is_composite_type,
)

from gateway.http.limits.list_sizes import ListSizes, WatchedVariables
from gateway.http.limits.survey import INCREMENTAL

MOST = 1e9
"""What counts as endless: numbers stop growing here, since fragments that spread others double them each time."""


class Weight(NamedTuple):
    """Of a selection set: levels of fields, fields on its first level, and values in its answer."""

    depth: int = 0
    fields: float = 0
    cost: float = 0

    def __add__(self, other: Weight) -> Weight:  # type: ignore[override]
        """Both side by side."""
        fields, cost = min(self.fields + other.fields, MOST), min(self.cost + other.cost, MOST)
        return Weight(max(self.depth, other.depth), fields, cost)


LEAF = Weight(depth=1, fields=1, cost=1)
LATER = 100
"""What a deferred fragment or a streamed item costs besides its values: a task and a part of the answer, 0.1 ms."""


class Scales:
    """Weighs the selections of one document for one request; each fragment once, those that it spreads before it."""

    def __init__(self, schema: GraphQLSchema, sizes: ListSizes, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._sizes = sizes
        self._variables = WatchedVariables(variables)
        self._fragments: dict[str, Weight] = {}

    @property
    def used_variables(self) -> bool:
        """Whether any list's length hung on a variable."""
        return self._variables.used

    def weigh_fragments(self, fragments: Mapping[str, FragmentDefinitionNode], order: Iterable[str]) -> None:
        """Needed before anything that spreads them."""
        for name in order:
            if name in fragments:
                node = fragments[name]
                self._fragments[name] = self._selected(node.selection_set, self._named(node.type_condition))

    def operation(self, node: OperationDefinitionNode) -> Weight:
        return self._selected(node.selection_set, self._schema.get_root_type(node.operation))

    def _selected(self, selection_set: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Weight:
        weight = Weight()
        for selection in selection_set.selections if selection_set else ():
            weight += self._selection(selection, parent)
        return weight

    def _selection(self, node: SelectionNode, parent: GraphQLNamedType | None) -> Weight:
        match node:
            case FieldNode():
                return self._field(node, parent)
            case FragmentSpreadNode():
                return self._fragments.get(node.name.value, Weight()) + Weight(cost=_later(node))
            case InlineFragmentNode():
                inner = self._named(node.type_condition) if node.type_condition else parent
                return self._selected(node.selection_set, inner) + Weight(cost=_later(node))
        raise TypeError(node)

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Weight:
        """What is not in the schema weighs as a field of one value: validation says what is wrong with it."""
        if node.selection_set is None:
            return LEAF
        known = self._schema.get_field(parent, node.name.value) if is_composite_type(parent) else None
        inner = self._selected(node.selection_set, get_named_type(known.type) if known else None)
        size = self._sizes.of(parent, node, known, self._variables) if parent and known else 1
        return Weight(1 + inner.depth, 1, min(size * (1 + inner.cost + _later(node)), MOST))

    def _named(self, node: TypeNode) -> GraphQLNamedType | None:
        return self._schema.get_type(node.name.value)  # type: ignore[attr-defined]


def _later(node: SelectionNode) -> float:
    return LATER if any(each.name.value in INCREMENTAL for each in node.directives or ()) else 0
