"""The arguments of a field: coerced once for each column, or once for the plan where no variable is in them."""

from __future__ import annotations

from enum import Enum
from types import NoneType
from typing import Any

from graphql import FieldNode, GraphQLField, ListValueNode, ObjectValueNode, ValueNode, VariableNode
from graphql.execution.values import VariableValues, get_argument_values

_UNCHANGEABLE = (str, int, float, NoneType, Enum)


class Arguments:
    """What one field of a document is given."""

    def __init__(self, definition: GraphQLField, node: FieldNode, *, hide_suggestions: bool) -> None:
        self._definition = definition
        self._node = node
        self._hide_suggestions = hide_suggestions
        self._constant = not any(_has_variable(each.value) for each in node.arguments or ())
        self._kept: dict[str, Any] | None = None if definition.args else {}
        self._changeable = False

    def coerced(self, variables: VariableValues) -> dict[str, Any]:
        """The values by name, to be handed to a resolver one by one, for it to keep. Raises what coercion raises."""
        if self._kept is not None:
            return {name: _copy(value) for name, value in self._kept.items()} if self._changeable else self._kept
        values = get_argument_values(self._definition, self._node, variables, None, self._hide_suggestions)
        if self._constant:
            self._kept = {name: _copy(value) for name, value in values.items()}
            self._changeable = not all(isinstance(value, _UNCHANGEABLE) for value in values.values())
        return values


def _has_variable(value: ValueNode) -> bool:
    if isinstance(value, ListValueNode):
        return any(map(_has_variable, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_has_variable(each.value) for each in value.fields)
    return isinstance(value, VariableNode)


def _copy(value: Any) -> Any:
    """Another of it where it could be changed: what a resolver does to its arguments is not seen by the next."""
    if type(value) is dict:
        return {name: _copy(each) for name, each in value.items()}
    return [_copy(each) for each in value] if type(value) is list else value
