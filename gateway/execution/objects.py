"""Objects, and values of abstract types: which object type a value is of, and the level that its rows make."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from graphql import GraphQLAbstractType, GraphQLError, GraphQLObjectType, default_type_resolver, is_object_type
from graphql.pyutils import inspect

from gateway.execution.awaiting import arrived, side_by_side
from gateway.execution.completion import all_but
from gateway.execution.info import Info
from gateway.execution.levels import shape
from gateway.execution.places import Some
from gateway.execution.run import Failed, Run
from gateway.execution.tree import Column, Field, Selection


class ObjectOf:
    """Objects of one type: the rows of a level."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.waits = selection.waits

    async def complete(self, run: Run, field: Field, column: Column) -> list[Any]:
        rejected = await self._rejected(run, field, column) if self.selection.type.is_type_of else {}
        return await all_but(rejected, column, partial(shape, run, self.selection))

    async def _rejected(self, run: Run, field: Field, column: Column) -> dict[int, Failed]:
        """Values that the type's ``is_type_of`` does not know."""
        answers = await arrived(_asked(self.selection.type.is_type_of, run, field, column))
        rejected = {}
        for index, answer in enumerate(answers):
            if isinstance(answer, Exception):
                rejected[index] = run.fail(field, column.places, index, answer)
            elif not answer:
                message = f"Expected value of type '{self.selection.type}' but got: {inspect(column.values[index])}."
                error = GraphQLError(message, field.nodes)
                rejected[index] = run.fail(field, column.places, index, error)
        return rejected


class AbstractOf:
    """Interfaces and unions: the values of each object type make a level of their own."""

    def __init__(self, type_: GraphQLAbstractType, possible: dict[str, ObjectOf]) -> None:
        self._type = type_
        self.possible = possible
        self.waits = any(each.waits for each in possible.values())

    async def complete(self, run: Run, field: Field, column: Column) -> list[Any]:
        resolve = self._type.resolve_type or default_type_resolver
        names = await arrived(_asked(resolve, run, field, column, self._type))
        groups: dict[str, list[int]] = {}
        results: list[Any] = [None] * len(names)
        for index, name in enumerate(names):
            try:
                groups.setdefault(self._valid(run, field, name, column.values[index]), []).append(index)
            except Exception as error:
                results[index] = run.fail(field, column.places, index, error)
        await self._complete_groups(run, field, column, groups, results)
        return results

    async def _complete_groups(
        self, run: Run, field: Field, column: Column, groups: dict[str, list[int]], results: list[Any]
    ) -> None:
        coroutines = [
            self.possible[name].complete(
                run, field, Column([column.values[index] for index in indices], Some(column.places, indices))
            )
            for name, indices in groups.items()
        ]
        for indices, completed in zip(groups.values(), await side_by_side(coroutines), strict=True):
            for index, result in zip(indices, completed, strict=True):
                results[index] = result

    def _valid(self, run: Run, field: Field, name: object, value: object) -> str:
        """The name of a possible type. Raises what was raised instead of one, and ``GraphQLError`` for a wrong one."""
        if isinstance(name, Exception):
            raise name
        if isinstance(name, str) and name in self.possible:
            return name
        raise GraphQLError(self._complaint(run, field, name, value), field.nodes)

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


def _asked(
    function: Any, run: Run, field: Field, column: Column, *more: GraphQLObjectType | GraphQLAbstractType
) -> list[Any]:
    """What the function says of each value, or raises."""
    return [
        _ask(function, value, Info(run, field, column.places, index), *more)
        for index, value in enumerate(column.values)
    ]


def _ask(function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except Exception as error:
        return error
