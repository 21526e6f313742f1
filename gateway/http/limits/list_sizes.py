"""How many items a list field is expected to give: what the caller asks for, else what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    value_from_ast_untyped,
)

from schema.list_sizes import ASSUMED_SIZE, ITEM_LISTS, MAX_SIZE, PAGE_SIZES


class WatchedVariables:
    """The variables of a request, which know whether anyone has asked for one; they stand in for a dictionary."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.used = False
        self._values = values

    def get(self, name: str, default: Any = None) -> Any:
        self.used = True
        return self._values.get(name, default)


class ListSizes:
    """The sizes of a schema's lists. Lists of scalars and enums count as one value."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._introspection = _introspection_sizes(schema)

    def of(self, parent: GraphQLNamedType, node: FieldNode, field: GraphQLField, variables: WatchedVariables) -> float:
        """Items that the field is expected to give; 1 for what is no list of objects."""
        known = self._introspection.get((parent.name, node.name.value))
        if known is not None:
            return known
        if not is_list_type(get_nullable_type(field.type)) or is_leaf_type(get_named_type(field.type)):
            return 1
        if "input" not in field.args:
            return ASSUMED_SIZE
        return _asked_for(get_named_type(field.args["input"].type).name, _input_of(node, variables))


def _input_of(node: FieldNode, variables: WatchedVariables) -> Mapping[str, Any]:
    for argument in node.arguments or ():
        if argument.name.value == "input":
            given = value_from_ast_untyped(argument.value, cast(dict[str, Any], variables))
            return given if isinstance(given, dict) else {}
    return {}


def _asked_for(input_type: str, given: Mapping[str, Any]) -> int:
    if input_type in ITEM_LISTS:
        items = given.get(ITEM_LISTS[input_type])
        return len(items) if isinstance(items, list) else 1
    count = given.get("count")
    if not isinstance(count, int) or count < 1:
        return PAGE_SIZES.get(input_type, ASSUMED_SIZE)
    return min(count, MAX_SIZE)


def _introspection_sizes(schema: GraphQLSchema) -> dict[tuple[str, str], float]:
    """The means over this schema's own types, so that asking for all of it costs about what it answers."""
    types = list(schema.type_map.values())
    owners = [kind for kind in types if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)]
    fields = [field for kind in owners for field in kind.fields.values()]
    inputs = [len(kind.fields) for kind in types if isinstance(kind, GraphQLInputObjectType)]
    values = [len(kind.values) for kind in types if isinstance(kind, GraphQLEnumType)]
    mean_fields = len(fields) / len(types)
    # Who asks for one type may ask for the largest.
    one_type = max(len(kind.fields) for kind in owners) / mean_fields
    return {
        (getattr(schema.query_type, "name", ""), "__type"): one_type,
        ("__Schema", "queryType"): one_type,
        ("__Schema", "mutationType"): one_type,
        ("__Schema", "subscriptionType"): one_type,
        ("__Schema", "types"): len(types),
        ("__Schema", "directives"): len(schema.directives),
        ("__Directive", "args"): 1,
        ("__Field", "args"): sum(len(field.args) for field in fields) / len(fields),
        ("__Type", "fields"): mean_fields,
        ("__Type", "inputFields"): sum(inputs) / len(types),
        ("__Type", "enumValues"): sum(values) / len(types),
        ("__Type", "interfaces"): 1,
        ("__Type", "possibleTypes"): 1,
        # Tools ask for nine levels of `ofType`; most types end at the first or second.
        ("__Type", "ofType"): 0.5,
    }
