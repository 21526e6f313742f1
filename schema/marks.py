"""What the types say about their fields, put where plans look for it (``gateway.execution``)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, cast

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, is_abstract_type
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from gateway.execution import COMPUTED, TYPE_NAME, UNCHANGED, mark_batch
from schema.conversion import Conversion
from schema.per_level import PER_LEVEL
from schema.requests.declared import REQUESTS
from schema.resolving import resolver_of
from schema.scalars import SERIALISED_AS_THEY_ARE


def mark(schema: GraphQLSchema) -> None:
    """Let plans resolve fields of a whole level at once, and read all others without Strawberry's detours."""
    converter = schema.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].schema_converter
    conversion = Conversion(converter)
    for field, defined in _fields(schema):
        field.extensions[REQUESTS] = defined.metadata.get(REQUESTS, ())
        if defined.base_resolver is None or defined.is_subscription:
            continue
        field.resolve = resolver_of(defined, converter.config.info_class, conversion)
        if defined.metadata.get(PER_LEVEL):
            mark_batch(field, field.resolve)
        elif _needs_only_its_row(defined):
            field.extensions[COMPUTED] = _of_row(defined)
    _ask_abstract_types_only(schema)
    _say_what_is_unchanged(schema)


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
    return cast(Callable[[Any], Any], function) if parameters == 1 else lambda row: function(row, row)


def _ask_abstract_types_only(schema: GraphQLSchema) -> None:
    """Which type a record is of is asked where there is a choice, and nowhere else."""
    for kind in schema.type_map.values():
        if is_abstract_type(kind):
            name_of = _first_that_fits(schema.get_possible_types(kind))
            kind.extensions[TYPE_NAME] = name_of
            kind.resolve_type = _without_info(name_of)
    for kind in _object_types(schema):
        kind.is_type_of = None


def _first_that_fits(kinds: list[GraphQLObjectType]) -> Callable[[object], str | None]:
    tests: list[tuple[str, Any]] = [(kind.name, kind.is_type_of) for kind in kinds if kind.is_type_of]

    def name_of(record: object) -> str | None:
        for name, fits in tests:
            if fits(record, None):
                return name
        return None

    return name_of


def _without_info(name_of: Callable[[object], str | None]) -> Callable[..., str | None]:
    return lambda record, info, kind: name_of(record)


def _say_what_is_unchanged(schema: GraphQLSchema) -> None:
    for kind in schema.type_map.values():
        if kind.name in SERIALISED_AS_THEY_ARE:
            kind.extensions[UNCHANGED] = SERIALISED_AS_THEY_ARE[kind.name]
