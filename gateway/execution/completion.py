"""What becomes of a column's values (specification, section 6.4.3, "CompleteValue"), a column at a time.

``complete`` deals with what every slot has in common: values that must be awaited, nulls, exceptions, and where an
error stops. The rest depends on the type: ``Leaf`` and ``ListOf`` here, ``ObjectOf`` and ``AbstractOf`` in ``objects``.
Each answers one result per value: what goes into the response, or ``Failed``. None of them answers ``None``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from types import NoneType
from typing import Any, Protocol

from graphql import GraphQLError, GraphQLLeafType
from graphql.execution import Executor
from graphql.pyutils import Undefined, UndefinedType, is_async_iterable, is_iterable

from gateway.execution.awaiting import arrived
from gateway.execution.leaves import leaves_unchanged
from gateway.execution.places import Items, Some
from gateway.execution.run import Failed, Run
from gateway.execution.tree import Column, Field, Slot


class Completion(Protocol):
    waits: bool

    async def complete(self, run: Run, field: Field, column: Column) -> list[Any]:
        """One result per value; there is at least one value, and none is null or an exception."""


async def complete(run: Run, field: Field, slot: Slot, column: Column) -> list[Any]:
    """Any values into results: ``None`` only where the slot is nullable, ``Failed`` only where it is not."""
    values, places = await arrived(column.values), column.places
    column = Column(values, places)
    absent = _absent(run, field, slot, column)
    results = await all_but(absent, column, lambda present: slot.completion.complete(run, field, present))
    if run.failed and slot.nullable:
        for index, result in enumerate(results):
            if type(result) is Failed:
                run.stop(result, places, index)
                results[index] = None
    return results


def _absent(run: Run, field: Field, slot: Slot, column: Column) -> dict[int, Failed | None]:
    """The results of values that need no completion: nulls and exceptions."""
    if not any(kind in _NULLS or issubclass(kind, BaseException) for kind in set(map(type, column.values))):
        return {}
    absent: dict[int, Failed | None] = {}
    for index, value in enumerate(column.values):
        if isinstance(value, Exception):
            absent[index] = run.fail(field, column.places, index, value)
        elif isinstance(value, BaseException):
            raise value
        elif value is None or value is Undefined:
            absent[index] = None if slot.nullable else run.fail(field, column.places, index, _null_error(field))
    return absent


_NULLS = {NoneType, UndefinedType}


def _null_error(field: Field) -> TypeError:
    return TypeError(f"Cannot return null for non-nullable field {field.parent}.{field.name}.")


async def all_but(known: dict[int, Any], column: Column, then: Callable[[Column], Awaitable[list[Any]]]) -> list[Any]:
    """One result per value: the known ones, and what ``then`` makes of the others."""
    if not known:
        return await then(column) if column.values else []
    others = [index for index in range(len(column.values)) if index not in known]
    results = [known.get(index) for index in range(len(column.values))]
    if others:
        completed = await then(Column([column.values[index] for index in others], Some(column.places, others)))
        for index, result in zip(others, completed, strict=True):
            results[index] = result
    return results


class Leaf:
    """A scalar or an enum."""

    waits = False

    def __init__(self, leaf: GraphQLLeafType) -> None:
        self._leaf = leaf
        self._unchanged = leaves_unchanged(leaf)

    async def complete(self, run: Run, field: Field, column: Column) -> list[Any]:
        if self._unchanged(column.values):
            return list(column.values)
        results = []
        for index, value in enumerate(column.values):
            try:
                results.append(Executor.complete_leaf_value(self._leaf, value))
            except Exception as error:
                results.append(run.fail(field, column.places, index, error))
        return results


class ListOf:
    """A list: the items of all lists of the column are one column."""

    def __init__(self, item: Slot) -> None:
        self.item = item
        self.waits = item.completion.waits

    async def complete(self, run: Run, field: Field, column: Column) -> list[Any]:
        items, offsets, rejected = await self._joined(run, field, column)
        results = await complete(run, field, self.item, Column(items, Items(column.places, offsets)))
        lists: list[Any] = [results[start:end] for start, end in zip(offsets, [*offsets[1:], len(items)], strict=True)]
        if run.failed and not self.item.nullable:
            lists = [next((item for item in each if type(item) is Failed), each) for each in lists]
        return [rejected.get(index, each) for index, each in enumerate(lists)] if rejected else lists

    async def _joined(self, run: Run, field: Field, column: Column) -> tuple[list[Any], list[int], dict[int, Failed]]:
        """All items, where each list begins in them, and the values that are no lists."""
        items: list[Any] = []
        offsets: list[int] = []
        rejected = {}
        for index, value in enumerate(column.values):
            offsets.append(len(items))
            try:
                items += value if type(value) is list else await _items(field, value)
            except Exception as error:
                rejected[index] = run.fail(field, column.places, index, error)
        return items, offsets, rejected


async def _items(field: Field, value: Any) -> Iterable[Any]:
    if is_async_iterable(value):
        return [item async for item in value]
    if not is_iterable(value):
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.parent}.{field.name}'.")
    return list(value)
