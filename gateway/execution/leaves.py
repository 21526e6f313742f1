"""Leaf values: scalars and enums (specification, section 6.4.3, "CompleteValue").

The schema's own ``coerce_output_value`` decides. For a whole column of values of exactly the built-in type, what it
would answer is known beforehand: the values themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLString,
)

UNCHANGED = "fngraph.unchanged"
"""Key in the ``extensions`` of a scalar: a frozenset of types. Values of exactly these are serialised as they are."""


def _ints(values: list[Any]) -> bool:
    return set(map(type, values)) == {int} and min(values) >= GRAPHQL_MIN_INT and max(values) <= GRAPHQL_MAX_INT


def _floats(values: list[Any]) -> bool:
    # A sum is finite only if each of its terms is.
    return set(map(type, values)) == {float} and isfinite(sum(values))


def _texts(values: list[Any]) -> bool:
    return set(map(type, values)) == {str}


def _booleans(values: list[Any]) -> bool:
    return set(map(type, values)) == {bool}


_UNCHANGED: dict[GraphQLLeafType, Callable[[list[Any]], bool]] = {
    GraphQLInt: _ints,
    GraphQLFloat: _floats,
    GraphQLString: _texts,
    GraphQLID: _texts,
    GraphQLBoolean: _booleans,
}


def unchanged_types(leaf: GraphQLOutputType) -> frozenset[type]:
    """What the schema says under ``UNCHANGED``; nothing for the built-in types."""
    if not isinstance(leaf, GraphQLScalarType):
        return frozenset()
    found: frozenset[type] = leaf.extensions.get(UNCHANGED, frozenset())
    return found


def leaves_unchanged(leaf: GraphQLLeafType) -> Callable[[list[Any]], bool]:
    """Tells of a column of values whether ``leaf`` leaves all of them as they are; may say no when in doubt."""
    types = unchanged_types(leaf)
    return _UNCHANGED.get(leaf, lambda values: types.issuperset(map(type, values)))


def enum_names(enum: GraphQLEnumType) -> dict[Any, str]:
    """The name of each value that the enum can be given, as far as values can be looked up."""
    names = {}
    # Strawberry's enums take the members of the Python enum as well as their values.
    for value in [*(each.value for each in enum.values.values()), *getattr(enum, "wrapped_cls", ())]:
        try:
            if value is not None and not callable(value):
                names[value] = enum.coerce_output_value(value)
        except Exception:  # noqa: S112 - left to be looked up, and to fail, when it occurs
            continue
    return names
