"""What becomes of a column's values (specification, section 6.4.3, "CompleteValue"), a column at a time.

``complete`` deals with what every slot has in common: values that must be awaited, nulls, exceptions, and where an
error stops. The rest depends on the type: ``Leaf`` and ``ListOf`` here, ``ObjectOf`` and ``AbstractOf`` in ``objects``.
Each answers one result per value: what goes into the response, or ``Failed``. None of them answers ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from types import NoneType
from typing import Any, Protocol

from graphql import GraphQLError, GraphQLLeafType
from graphql.execution import Executor
from graphql.pyutils import Undefined, UndefinedType, is_async_iterable, is_iterable

from gateway.execution.awaiting import Found, Later, arrived, is_awaited, then
from gateway.execution.leaves import leaves_unchanged
from gateway.execution.places import Items, Places
from gateway.execution.run import Failed, Run
from gateway.execution.tree import Column, Field, Slot


class Completion(Protocol):
    def complete(self, run: Run, field: Field, column: Column) -> Found:
        """One result per value; there is at least one value, and none is null or an exception.

        The column's list is given away: it may come back with results in it.
        """


def complete(run: Run, field: Field, slot: Slot, column: Column) -> Found:
    """Any values into results: ``None`` only where the slot is nullable, ``Failed`` only where it is not."""
    if column.values and all(map(_is_present, set(map(type, column.values)))):
        results = slot.completion.complete(run, field, column)
    else:
        results = then(arrived(run.begun, column.values), partial(_complete, run, field, slot, column.places))
    return then(results, partial(_stopped, run, column.places)) if slot.nullable else results


@lru_cache(maxsize=1_000)
def _is_present(kind: type) -> bool:
    """Whether values of this type are here, and neither null nor an exception."""
    return kind not in _NULLS and not issubclass(kind, BaseException) and not is_awaited(kind)


def _complete(run: Run, field: Field, slot: Slot, places: Places, values: list[Any]) -> Found:
    column = Column(values, places)
    absent = _absent(run, field, slot, column)
    return all_but(absent, column, partial(slot.completion.complete, run, field))


def _stopped(run: Run, places: Places, results: list[Any]) -> list[Any]:
    """The results, with null for what failed."""
    if run.failed:
        for index, result in enumerate(results):
            if type(result) is Failed:
                run.stop(result, places, index)
                results[index] = None
    return results


def _absent(run: Run, field: Field, slot: Slot, column: Column) -> dict[int, Failed | None]:
    """The results of values that need no completion: nulls and exceptions."""
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


def all_but(known: dict[int, Any], column: Column, others: Callable[[Column], Found]) -> Found:
    """One result per value: the known ones, and what ``others`` makes of the others."""
    if not known:
        return others(column) if column.values else []
    unknown = [index for index in range(len(column.values)) if index not in known]
    results = [known.get(index) for index in range(len(column.values))]
    return then(others(column.some(unknown)), partial(put, results, unknown)) if unknown else results


def put(results: list[Any], indices: list[int], some: list[Any]) -> list[Any]:
    """The results, with some more in their places."""
    for index, result in zip(indices, some, strict=True):
        results[index] = result
    return results


class Leaf:
    """A scalar or an enum."""

    def __init__(self, leaf: GraphQLLeafType) -> None:
        self._leaf = leaf
        self._unchanged = leaves_unchanged(leaf)

    def complete(self, run: Run, field: Field, column: Column) -> list[Any]:
        if self._unchanged(column.values):
            return column.values
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

    def complete(self, run: Run, field: Field, column: Column) -> Found:
        kinds = set(map(type, column.values))
        if kinds != {list} and any(map(is_async_iterable, kinds)):
            found = Later(partial(_read, column.values))
            return found.then(lambda values: self._complete(run, field, Column(values, column.places)))
        return self._complete(run, field, column)

    def _complete(self, run: Run, field: Field, column: Column) -> Found:
        items: list[Any] = []
        offsets: list[int] = []
        rejected: dict[int, Failed] = {}
        for index, value in enumerate(column.values):
            offsets.append(len(items))
            try:
                items += value if type(value) is list else _items(field, value)
            except Exception as error:
                rejected[index] = run.fail(field, column.places, index, error)
        results = complete(run, field, self.item, Column(items, Items(column.places, offsets)))
        return then(results, partial(self._lists, run, offsets, rejected))

    def _lists(self, run: Run, offsets: list[int], rejected: dict[int, Failed], results: list[Any]) -> list[Any]:
        """The lists, or what failed instead."""
        ends = [*offsets[1:], len(results)]
        lists: list[Any] = [results[start:end] for start, end in zip(offsets, ends, strict=True)]
        if run.failed and not self.item.nullable:
            lists = [next((item for item in each if type(item) is Failed), each) for each in lists]
        return put(lists, list(rejected), list(rejected.values()))


def _items(field: Field, value: Any) -> Iterable[Any]:
    if isinstance(value, Exception):
        raise value
    if not is_iterable(value):
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.parent}.{field.name}'.")
    return list(value)


async def _read(values: list[Any]) -> list[Any]:
    """The values, with a list, or what was raised, for each async iterable."""
    return [await _listed(value) if is_async_iterable(value) else value for value in values]


async def _listed(value: Any) -> list[Any] | Exception:
    try:
        return [item async for item in value]
    except Exception as error:
        return error
