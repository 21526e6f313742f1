"""Running a level: fill the columns side by side, then shape the rows.

Branches do not wait for each other: each column that waits runs on its own, with all levels below it, until its values
are complete. What waits together are the rows of one column, so that the level below is one level, however many lists
it is spread over.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from gateway.execution.awaiting import has_awaitable, side_by_side
from gateway.execution.completion import complete
from gateway.execution.places import Under
from gateway.execution.run import Failed, Run
from gateway.execution.tree import Column, Field, Selection

Begun = list[Any] | Coroutine[Any, Any, list[Any]]


async def shape(run: Run, selection: Selection, rows: Column) -> list[Any]:
    """One dictionary per row, or ``Failed`` where a non-null field of it failed."""
    columns = await _filled(run, selection, rows)
    shaper = selection.generator.fitting(selection, rows.values)
    if shaper is not None and not (run.failed and any(type(value) is Failed for each in columns for value in each)):
        try:
            return shaper(rows.values, *columns)
        except Exception:  # noqa: S110 - a value is not what generated code takes: look at each
            pass
    return await _shaped_with_care(run, selection, rows, columns)


async def _filled(run: Run, selection: Selection, rows: Column) -> list[list[Any]]:
    """The completed columns that generated code does not read in place."""
    columns: list[list[Any]] = [[]] * len(selection.columns)
    waiting = []
    for index, field in enumerate(selection.columns):
        begun, waits = _begin(run, field, rows)
        if waits:
            waiting.append((index, field, begun))
        else:
            columns[index] = await _finish(run, field, rows, begun)
    if waiting:
        results = await side_by_side([_finish(run, field, rows, begun) for _, field, begun in waiting])
        for (index, _, _), column in zip(waiting, results, strict=True):
            columns[index] = column
    return columns


def _begin(run: Run, field: Field, rows: Column) -> tuple[Begun, bool]:
    """The values as the source gives them, and whether they, or what is below them, must be waited for."""
    begun = field.source.begin(run, field, rows)
    if not isinstance(begun, list):
        run.begun.append(begun)
        return begun, True
    if has_awaitable(begun):
        run.begun += begun
        return begun, True
    return begun, field.waits


async def _finish(run: Run, field: Field, rows: Column, begun: Begun) -> list[Any]:
    values = begun if isinstance(begun, list) else await begun
    return await complete(run, field, field.slot, Column(values, Under(rows.places, field.step)))


async def _whole(run: Run, field: Field, rows: Column) -> list[Any]:
    begun, _ = _begin(run, field, rows)
    return await _finish(run, field, rows, begun)


async def _shaped_with_care(run: Run, selection: Selection, rows: Column, columns: list[list[Any]]) -> list[Any]:
    """The same rows, made without generated code: every value is looked at."""
    others = iter(columns)
    every = [await _whole(run, each, rows) if each.in_place else next(others) for each in selection.fields]
    keys = [each.key for each in selection.fields]
    return [_row(keys, [column[index] for column in every]) for index in range(len(rows.values))]


def _row(keys: list[str], values: list[Any]) -> dict[str, Any] | Failed:
    failed = next((value for value in values if type(value) is Failed), None)
    return failed or dict(zip(keys, values, strict=True))


async def shape_serially(run: Run, selection: Selection, rows: Column) -> list[Any]:
    """The one row of a mutation: each field with all below it before the next, up to a non-null one that fails."""
    row = {}
    for field in selection.fields:
        [value] = await _whole(run, field, rows)
        if type(value) is Failed:
            return [value]
        row[field.key] = value
    return [row]
