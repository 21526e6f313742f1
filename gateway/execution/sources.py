"""Where a column's values come from.

A source fills a column for all rows of a level. Exceptions are values here: what one row raised stands in its place.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any, Protocol

from graphql import GraphQLField, default_field_resolver

from gateway.execution.awaiting import Found, Later
from gateway.execution.batching import BATCH, BatchFunction, answers
from gateway.execution.info import Info
from gateway.execution.places import Under
from gateway.execution.run import Run
from gateway.execution.tree import Column, Field

ATTRIBUTE = "fngraph.attribute"
"""Key in ``GraphQLField.extensions``: the field is the attribute of this name, whatever its resolver. It must have no
arguments."""

COMPUTED = "fngraph.computed"
"""Key in ``GraphQLField.extensions``: the field is what this function makes of the row alone, at once. It must have no
arguments, and may be called again for the same row."""


class Source(Protocol):
    """``describe`` says in one line how the values are got."""

    def begin(self, run: Run, field: Field, rows: Column) -> Found:
        """One value per row (which may be awaitable), in a list of its own. Raises nothing."""

    def describe(self) -> str: ...


class TypeName:
    """``__typename``."""

    def begin(self, run: Run, field: Field, rows: Column) -> list[Any]:
        return [field.parent.name] * len(rows.values)

    def describe(self) -> str:
        return "a constant"


class Attribute:
    """A plain attribute."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._get = attrgetter(name)

    def begin(self, run: Run, field: Field, rows: Column) -> list[Any]:
        return of_each(self._get, rows.values)

    def describe(self) -> str:
        return f"attribute {self.name}"


class Computed:
    """A function of the row."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def begin(self, run: Run, field: Field, rows: Column) -> list[Any]:
        return of_each(self.function, rows.values)

    def describe(self) -> str:
        return "computed from each row"


class Member:
    """graphql-core's default: a key of a mapping, an attribute of anything else, and called if it can be called.

    Only for fields without arguments, as those must be right even where there is nothing to call.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def begin(self, run: Run, field: Field, rows: Column) -> list[Any]:
        values = [outcome(self._get, row) for row in rows.values]
        return _called(run, field, rows, values) if any(map(callable, values)) else values

    def _get(self, row: Any) -> Any:
        return row.get(self.name) if isinstance(row, Mapping) else getattr(row, self.name, None)

    def describe(self) -> str:
        return f"member {self.name}"


class Resolver:
    """An ordinary resolver, called for each row."""

    def __init__(self, resolve: Callable[..., Any]) -> None:
        self._resolve = resolve

    def begin(self, run: Run, field: Field, rows: Column) -> list[Any]:
        try:
            arguments = field.arguments.coerced(run.variables)
        except Exception as error:
            return [error] * len(rows.values)
        places, resolve = Under(rows.places, field.step), self._resolve
        return [
            outcome(resolve, row, Info(run, field, places, index), **arguments) for index, row in enumerate(rows.values)
        ]

    def describe(self) -> str:
        is_async = inspect.iscoroutinefunction(inspect.unwrap(self._resolve))
        return "async resolver, each row" if is_async else "resolver, each row"


class Batch:
    """A function that is called once for all rows."""

    def __init__(self, function: BatchFunction) -> None:
        self._function = function

    def begin(self, run: Run, field: Field, rows: Column) -> Found:
        try:
            arguments = field.arguments.coerced(run.variables)
        except Exception as error:
            return [error] * len(rows.values)
        info = Info(run, field, Under(rows.places, field.step), 0)
        return Later(partial(answers, self._function, rows.values, info, arguments))

    def describe(self) -> str:
        return f"one call for all rows: {getattr(self._function, '__name__', 'batch function')}"


def source_of(definition: GraphQLField, name: str) -> Source:
    """How a field of the schema is read."""
    batch = definition.extensions.get(BATCH)
    if batch is not None:
        return Batch(batch)
    resolve = definition.resolve or default_field_resolver
    if definition.args:
        return Resolver(resolve)
    computed = definition.extensions.get(COMPUTED)
    if computed is not None:
        return Computed(computed)
    attribute = definition.extensions.get(ATTRIBUTE) or _strawberry_attribute(definition)
    if attribute is not None:
        return Attribute(attribute)
    return Member(name) if resolve is default_field_resolver else Resolver(resolve)


def _strawberry_attribute(definition: GraphQLField) -> str | None:
    """Strawberry gives a field without a resolver a function of this name, which is ``getattr`` with detours."""
    field = definition.extensions.get("strawberry-definition")
    if getattr(definition.resolve, "__name__", "") != "_get_basic_result":
        return None
    return str(field.python_name) if field is not None and field.default_resolver is getattr else None


def of_each(function: Callable[[Any], Any], rows: list[Any]) -> list[Any]:
    """What the function makes of each row, or raises."""
    try:
        return [function(row) for row in rows]
    except Exception:
        return [outcome(function, row) for row in rows]


def outcome(function: Callable[..., Any], *positional: Any, **arguments: Any) -> Any:
    """What a call answers, or raises."""
    try:
        return function(*positional, **arguments)
    except Exception as error:
        return error


def _called(run: Run, field: Field, rows: Column, members: list[Any]) -> list[Any]:
    """The members, those that are functions called with ``info``."""
    places = Under(rows.places, field.step)
    return [
        outcome(member, Info(run, field, places, index)) if callable(member) else member
        for index, member in enumerate(members)
    ]
