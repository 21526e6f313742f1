"""The ``info`` of resolvers: what graphql-core's ``GraphQLResolveInfo`` has, looked up when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfoHelpers,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.values import VariableValues
from graphql.pyutils import Path, is_awaitable

from gateway.execution.places import Places, field_of, path_of

if TYPE_CHECKING:
    from gateway.execution.run import Run
    from gateway.execution.tree import Field


class Info:
    """One per call of a resolver."""

    __slots__ = ("_field", "_index", "_places", "_run")

    is_awaitable: Callable[[Any], bool] = staticmethod(is_awaitable)
    abort_signal = None

    def __init__(self, run: Run, field: Field, places: Places, index: int) -> None:
        self._run = run
        self._field = field
        self._places = places
        self._index = index

    @property
    def context(self) -> Any:
        """The context value of the execution."""
        return self._run.context

    @property
    def root_value(self) -> Any:
        """The root value of the execution."""
        return self._run.root_value

    @property
    def path(self) -> Path | None:
        """The response path of this field; for a batch, that of its first parent's."""
        return path_of(field_of(self._places.steps(self._index)))

    @property
    def field_name(self) -> str:
        """The field's name in the schema."""
        return self._field.name

    @property
    def field_nodes(self) -> list[FieldNode]:
        """The merged nodes of the document."""
        return self._field.nodes

    @property
    def return_type(self) -> GraphQLOutputType:
        """The field's type."""
        return self._field.definition.type

    @property
    def parent_type(self) -> GraphQLObjectType:
        """The object type that the field is of."""
        return self._field.parent

    @property
    def schema(self) -> GraphQLSchema:
        """The schema of the execution."""
        return self._run.operation.schema

    @property
    def fragments(self) -> dict[str, FragmentDefinitionNode]:
        """The document's fragments by name."""
        return self._run.operation.fragments

    @property
    def operation(self) -> OperationDefinitionNode:
        """The operation that is executed."""
        return self._run.operation.definition

    @property
    def variable_values(self) -> VariableValues:
        """The coerced variables and where they came from."""
        return self._run.variables

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """``gather`` and ``track``, as graphql-core has them."""
        return self._run.helpers
