"""From a validated document to the tree of a plan.

graphql-core's own ``collect_fields`` merges fragments and obeys ``@skip`` and ``@include``, so the fields, their order
and their nodes are what graphql-core would execute. A level is planned once per object type and set of nodes, wherever
it occurs: fragments that use each other many times over are one level each. What still grows, by merging ever other
sets of nodes, has a bound.
"""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from gateway.execution.arguments import Arguments
from gateway.execution.codegen import Generator, can_read_in_place
from gateway.execution.completion import Completion, Leaf, ListOf
from gateway.execution.objects import AbstractOf, ObjectOf
from gateway.execution.run import Operation
from gateway.execution.sources import Member, Source, TypeName, source_of
from gateway.execution.tree import Field, Selection, Slot

MAX_DEPTH = 60
"""Levels and lists inside each other; each costs about eight frames of Python's stack."""

MAX_FIELDS = 2_000
"""Planned fields that any document may come to; fragments and abstract types multiply those that are written."""

MAX_GROWTH = 10
"""Planned fields beyond ``MAX_FIELDS``, for each field that is written in the document."""


class PlanUnsupported(Exception):  # noqa: N818 - not an error: graphql-core takes over
    """graphql-core must execute this document; the text says why."""


class Planner:
    """Plans one operation, for given values of the variables that its ``@skip`` and ``@include`` use."""

    def __init__(self, operation: Operation, variables: VariableValues, fields_in_document: int) -> None:
        self._operation = operation
        self._variables = variables
        self._fragments = {name: FragmentDetails(node) for name, node in operation.fragments.items()}
        self._left = MAX_FIELDS + MAX_GROWTH * fields_in_document
        self._levels: dict[tuple[str, tuple[int, ...]], Selection] = {}
        self._generator = Generator(operation.warm_rows)
        self.levels: list[Selection] = []
        """All levels, the innermost first."""

    def root(self) -> Selection:
        """The level of the operation itself, one row. Raises ``PlanUnsupported``."""
        schema, node = self._operation.schema, self._operation.definition
        type_ = schema.get_root_type(node.operation)
        if type_ is None:
            raise PlanUnsupported("the schema has no such operation")
        hide = self._operation.hide_suggestions
        fields = collect_fields(schema, self._fragments, self._variables, type_, node, hide).grouped_field_set
        return self._selection(type_, fields, 0)

    def _selection(self, type_: GraphQLObjectType, grouped: GroupedFieldSet, depth: int) -> Selection:
        self._left -= len(grouped)
        if self._left < 0:
            raise PlanUnsupported("fragments or abstract types make the plan too large")
        if depth > MAX_DEPTH:
            raise PlanUnsupported("fields are nested too deeply")
        items = enumerate(grouped.items())
        fields = [self._field(type_, position, key, nodes, depth) for position, (key, nodes) in items]
        has_members = any(each.in_place and isinstance(each.source, Member) for each in fields)
        level = Selection(type_, fields, self._generator, has_members)
        self.levels.append(level)
        return level

    def _field(
        self, parent: GraphQLObjectType, position: int, key: str, details: FieldDetailsList, depth: int
    ) -> Field:
        nodes = [each.node for each in details]
        name = nodes[0].name.value
        definition = self._definition(parent, name)
        source: Source = TypeName() if name == "__typename" else source_of(definition, name)
        slot = self._slot(definition.type, details, depth)
        leaf = definition.type.of_type if is_non_null_type(definition.type) else definition.type
        in_place = can_read_in_place(source, leaf)
        arguments = Arguments(definition, nodes[0], hide_suggestions=self._operation.hide_suggestions)
        step = (position, key, parent.name)
        return Field(step, parent, name, definition, nodes, arguments, source, slot, leaf, in_place)

    def _definition(self, parent: GraphQLObjectType, name: str) -> GraphQLField:
        definition = self._operation.schema.get_field(parent, name)
        if definition is None:
            raise PlanUnsupported(f"there is no field {parent.name}.{name}")
        if name in ("__schema", "__type"):
            raise PlanUnsupported("introspection")
        return definition

    def _slot(self, type_: GraphQLOutputType, details: FieldDetailsList, depth: int) -> Slot:
        if is_non_null_type(type_):
            return Slot(self._completion(type_.of_type, details, depth), nullable=False)
        return Slot(self._completion(type_, details, depth), nullable=True)

    def _completion(self, type_: Any, details: FieldDetailsList, depth: int) -> Completion:
        if is_leaf_type(type_):
            return Leaf(type_)
        if is_list_type(type_):
            return ListOf(self._slot(type_.of_type, details, depth + 1))
        if is_abstract_type(type_):
            possible = self._operation.schema.get_possible_types(type_)
            return AbstractOf(type_, {each.name: self._object(each, details, depth) for each in possible})
        return self._object(type_, details, depth)

    def _object(self, type_: GraphQLObjectType, details: FieldDetailsList, depth: int) -> ObjectOf:
        key = (type_.name, tuple(id(each.node) for each in details))
        if key not in self._levels:
            operation = self._operation
            fields = collect_subfields(
                operation.schema, self._fragments, self._variables, operation.definition, type_, details
            ).grouped_field_set
            self._levels[key] = self._selection(type_, fields, depth + 1)
        return ObjectOf(self._levels[key])
