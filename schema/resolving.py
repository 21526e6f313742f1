"""Calling the function behind a Strawberry field, without what Strawberry does on each call to find out how.

Strawberry's resolver asks the field for its parameters, awaits itself, and rebuilds the chain of extensions, each time.
Here that is done once, when the schema is built. What it hands to the function is the same: ``Info``, inputs as
objects, the parent under each name that the function has for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce, update_wrapper
from typing import Any, cast

from strawberry import Info
from strawberry.extensions.field_extension import build_field_extension_resolvers
from strawberry.types.field import StrawberryField

from schema.conversion import Conversion

Resolve = Callable[..., Any]


def resolver_of(field: StrawberryField, info_class: type[Info], conversion: Conversion) -> Resolve:
    """A resolver for graphql-core, of a field that has a function."""
    call = reduce(lambda inner, outer: partial(outer, inner), build_field_extension_resolvers(field), _call(field))
    converted = conversion.of(field.arguments)

    def resolve(source: Any, info: Any, **given: Any) -> Any:
        return call(source, info_class(info, field), **converted(given))

    return update_wrapper(resolve, _function(field))


def _call(field: StrawberryField) -> Resolve:
    """``(source, info, **arguments)`` for the field's own function."""
    assert field.base_resolver is not None
    resolver = field.base_resolver
    function = _function(field)
    parents = resolver.self_parameter, resolver.parent_parameter, resolver.root_parameter
    sources = [each.name for each in parents if each]
    info_name = resolver.info_parameter.name if resolver.info_parameter else None

    def call(source: Any, info: Any, **arguments: Any) -> Any:
        for name in sources:
            arguments[name] = source
        if info_name:
            arguments[info_name] = info
        return function(**arguments)

    return call


def _function(field: StrawberryField) -> Resolve:
    assert field.base_resolver is not None
    function: Any = field.base_resolver.wrapped_func  # bound, where it is that of a class
    return cast(Resolve, function)
