"""What the types say about their fields, put where plans look for it (``gateway.execution``)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, is_abstract_type
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from gateway.execution import COMPUTED, mark_batch
from schema.per_level import PER_LEVEL
from schema.requests.declared import REQUESTS


def mark(schema: GraphQLSchema) -> None:
    """Let plans resolve fields of a whole level at once, and read all others without Strawberry's detours."""
    for field, defined in _fields(schema):
        field.extensions[REQUESTS] = defined.metadata.get(REQUESTS, ())
        if defined.metadata.get(PER_LEVEL) and field.resolve:
            # Strawberry's own resolver: it asks the guards, makes objects of inputs, and calls the function.
            field.resolve.__name__ = defined.name
            mark_batch(field, field.resolve)
        elif _needs_only_its_row(defined):
            field.extensions[COMPUTED] = _of_row(defined)
    _ask_abstract_types_only(schema)


def _fields(schema: GraphQLSchema) -> Iterator[tuple[GraphQLField, StrawberryField]]:
    """The fields of all object types, each as graphql-core and as Strawberry knows it."""
    for kind in _object_types(schema):
        for field in kind.fields.values():
            defined = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
            if isinstance(defined, StrawberryField):
                yield field, defined


def _object_types(schema: GraphQLSchema) -> list[GraphQLObjectType]:
    return [kind for kind in schema.type_map.values() if isinstance(kind, GraphQLObjectType)]


def _needs_only_its_row(field: StrawberryField) -> bool:
    resolver = field.base_resolver
    plain = resolver is not None and not resolver.is_async and resolver.info_parameter is None
    return plain and not field.extensions and not field.arguments and not field.is_subscription


def _of_row(field: StrawberryField) -> Callable[[Any], Any]:
    """The resolver, whose parameters (``self`` and the parent) are all the row."""
    assert field.base_resolver is not None
    function: Any = field.base_resolver.wrapped_func
    parameters = len(inspect.signature(function).parameters)
    return lambda row: function(*[row] * parameters)


def _ask_abstract_types_only(schema: GraphQLSchema) -> None:
    """Which type a record is of is asked where there is a choice, and nowhere else."""
    for kind in schema.type_map.values():
        if is_abstract_type(kind):
            kind.resolve_type = _first_that_fits(schema.get_possible_types(kind))
    for kind in _object_types(schema):
        kind.is_type_of = None


def _first_that_fits(kinds: list[GraphQLObjectType]) -> Callable[..., str | None]:
    tests = [(kind.name, kind.is_type_of) for kind in kinds]

    def resolve_type(record: object, info: Any, _: Any) -> str | None:
        return next((name for name, fits in tests if fits and fits(record, info)), None)

    return resolve_type
