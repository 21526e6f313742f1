"""Arguments as a field's function takes them: objects of input types, under Python's names.

It does what Strawberry's ``convert_arguments`` does, which finds out anew on each call what every type and name is.
Here that is found out once, when the schema is built. Types that Strawberry treats in further ways go through its own
function, without ``info``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING
from functools import partial
from typing import Any

from strawberry import UNSET
from strawberry.relay import GlobalID
from strawberry.schema.compat import is_scalar
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import StrawberryArgument, convert_argument
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.lazy_type import LazyType

Convert = Callable[[Any], Any]
Named = tuple[str, str, Convert]
"""GraphQL's name, Python's name, and what becomes of the value."""


class Conversion:
    """For the fields of one schema."""

    def __init__(self, converter: GraphQLCoreConverter) -> None:
        self._scalars = converter.scalar_registry
        self._config = converter.config
        self._objects: dict[type, Convert] = {}

    def of(self, arguments: list[StrawberryArgument]) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """For the arguments of one field, those that are given."""
        name_of = self._config.name_converter.from_argument
        names = [(name_of(each), str(each.python_name), self._convert(each.type)) for each in arguments]
        return partial(_renamed, names) if names else _none

    def _convert(self, type_: Any) -> Convert:
        if isinstance(type_, LazyType):
            return self._convert(type_.resolve_type())
        if isinstance(type_, StrawberryOptional) and not isinstance(type_, StrawberryMaybe):
            return self._convert(type_.of_type)
        if isinstance(type_, StrawberryList):
            return partial(_list, self._convert(type_.of_type))
        is_enum = isinstance(type_, StrawberryEnumDefinition) or has_enum_definition(type_)
        if is_enum or (is_scalar(type_, self._scalars) and type_ is not GlobalID):
            return _unchanged
        if has_object_definition(type_) and type_.__strawberry_definition__.from_input is None:
            return self._objects.get(type_) or self._object(type_)
        return lambda value: convert_argument(value, type_, self._scalars, self._config)

    def _object(self, type_: Any) -> Convert:
        fields: list[Named] = []
        definition = type_.__strawberry_definition__
        required = [
            each for each in definition.fields if each.default_value is MISSING and each.default_factory is MISSING
        ]
        found = self._objects[type_] = partial(_made, type_, {each.python_name: None for each in required}, fields)
        for each in definition.fields:
            name = self._config.name_converter.from_field(each)
            fields.append((name, each.python_name, self._convert(each.resolve_type(type_definition=definition))))
        return found


def _none(given: dict[str, Any]) -> dict[str, Any]:
    return {}


def _unchanged(value: Any) -> Any:
    return value


def _list(convert: Convert, value: Any) -> Any:
    return value if value is None or value is UNSET else list(map(convert, value))


def _made(type_: type, absent: dict[str, None], fields: list[Named], value: Any) -> Any:
    return value if value is None or value is UNSET else type_(**{**absent, **_renamed(fields, value)})


def _renamed(names: list[Named], given: dict[str, Any]) -> dict[str, Any]:
    return {python_name: convert(given[name]) for name, python_name, convert in names if name in given}
