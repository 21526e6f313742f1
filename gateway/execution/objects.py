"""Objects, and values of abstract types: which object type a value is of, and the level that its rows make."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from graphql import GraphQLAbstractType, GraphQLError, GraphQLObjectType, default_type_resolver, is_object_type
from graphql.pyutils import inspect

from gateway.execution.awaiting import Found, arrived, then, together
from gateway.execution.completion import all_but, put
from gateway.execution.info import Info
from gateway.execution.levels import shape
from gateway.execution.run import Run
from gateway.execution.sources import of_each, outcome
from gateway.execution.tree import Column, Field, Selection

TYPE_NAME = "fngraph.type_name"
"""Key in the ``extensions`` of an interface or union: which type a value is of, this function says of the value alone,
at once."""


class ObjectOf:
    """Objects of one type: the rows of a level."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection

    def complete(self, run: Run, field: Field, column: Column) -> Found:
        if not self.selection.type.is_type_of:
            return shape(run, self.selection, column)
        answers = arrived(run.begun, _asked(self.selection.type.is_type_of, run, field, column))
        return then(answers, partial(self._accepted, run, field, column))

    def _accepted(self, run: Run, field: Field, column: Column, answers: list[Any]) -> Found:
        """The rows that the type's ``is_type_of`` knows; an error for each of the others."""
        rejected = {}
        for index, answer in enumerate(answers):
            if isinstance(answer, Exception):
                rejected[index] = run.fail(field, column.places, index, answer)
            elif not answer:
                message = f"Expected value of type '{self.selection.type}' but got: {inspect(column.values[index])}."
                error = GraphQLError(message, field.nodes)
                rejected[index] = run.fail(field, column.places, index, error)
        return all_but(rejected, column, partial(shape, run, self.selection))


class AbstractOf:
    """Interfaces and unions: the values of each object type make a level of their own."""

    def __init__(self, type_: GraphQLAbstractType, possible: dict[str, ObjectOf]) -> None:
        self._type = type_
        self._name_of: Callable[[Any], Any] | None = type_.extensions.get(TYPE_NAME)
        self.possible = possible

    def complete(self, run: Run, field: Field, column: Column) -> Found:
        if self._name_of:
            return self._divided(run, field, column, of_each(self._name_of, column.values))
        resolve = self._type.resolve_type or default_type_resolver
        names = arrived(run.begun, _asked(resolve, run, field, column, self._type))
        return then(names, partial(self._divided, run, field, column))

    def _divided(self, run: Run, field: Field, column: Column, names: list[Any]) -> Found:
        """The values, as those of the types that are named."""
        groups: dict[str, list[int]] = {}
        results: list[Any] = [None] * len(names)
        for index, name in enumerate(names):
            if isinstance(name, str) and name in self.possible:
                groups.setdefault(name, []).append(index)
            else:
                error = self._error(run, field, name, column.values[index])
                results[index] = run.fail(field, column.places, index, error)
        found = [self.possible[name].complete(run, field, column.some(some)) for name, some in groups.items()]
        return then(together(found), partial(_joined, results, list(groups.values())))

    def _error(self, run: Run, field: Field, name: object, value: object) -> Exception:
        """What was raised instead of a name, or what is wrong with it."""
        if isinstance(name, Exception):
            return name
        return GraphQLError(self._complaint(run, field, name, value), field.nodes)

    def _complaint(self, run: Run, field: Field, name: object, value: object) -> str:
        type_, where = self._type, f"for field '{field.parent}.{field.name}'"
        must = f"Abstract type '{type_}' must resolve to an Object type at runtime {where}"
        if name is None:
            return (
                f"{must}. Either the '{type_}' type should provide a 'resolve_type' function"
                " or each possible type should provide an 'is_type_of' function."
            )
        if not isinstance(name, str):
            received = f"received '{inspect(name)}', which is not a valid Object type name."
            return f"{must} with value {inspect(value)}, {received}"
        found = run.operation.schema.get_type(name)
        if found is None:
            return f"Abstract type '{type_}' was resolved to a type '{name}' that does not exist inside the schema."
        if not is_object_type(found):
            return f"Abstract type '{type_}' was resolved to a non-object type '{name}'."
        return f"Runtime Object type '{found}' is not a possible type for '{type_}'."


def _joined(results: list[Any], groups: list[list[int]], found: list[list[Any]]) -> list[Any]:
    for indices, some in zip(groups, found, strict=True):
        put(results, indices, some)
    return results


def _asked(
    function: Any, run: Run, field: Field, column: Column, *more: GraphQLObjectType | GraphQLAbstractType
) -> list[Any]:
    """What the function says of each value, or raises."""
    return [
        outcome(function, value, Info(run, field, column.places, index), *more)
        for index, value in enumerate(column.values)
    ]
