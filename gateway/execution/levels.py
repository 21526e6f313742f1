"""Running a level: fill the columns side by side, then shape the rows.

Branches do not wait for each other: each column that waits runs on its own, with all levels below it, until its values
are complete. What waits together are the rows of one column, so that the level below is one level, however many lists
it is spread over.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from gateway.execution.awaiting import Found, Later, then, together
from gateway.execution.completion import complete
from gateway.execution.places import Under
from gateway.execution.run import Failed, Run
from gateway.execution.tree import Column, Field, Selection


def shape(run: Run, selection: Selection, rows: Column) -> Found:
    """One dictionary per row, or ``Failed`` where a non-null field of it failed."""
    if not selection.columns:
        return _shaped(run, selection, rows, [])
    columns = together([_filled(run, field, rows) for field in selection.columns])
    return then(columns, partial(_shaped, run, selection, rows))


def _filled(run: Run, field: Field, rows: Column) -> Found:
    """The completed column."""
    values, places = field.source.begin(run, field, rows), Under(rows.places, field.step)
    if isinstance(values, Later):
        return values.then(lambda arrived: complete(run, field, field.slot, Column(arrived, places)))
    return complete(run, field, field.slot, Column(values, places))


def _shaped(run: Run, selection: Selection, rows: Column, columns: list[list[Any]]) -> Found:
    """The rows, of the columns that generated code does not read in place."""
    if not (run.failed and any(type(value) is Failed for each in columns for value in each)):
        shaped = generated(selection, rows.values, *columns)
        if shaped is not None:
            return shaped
    return with_care(run, selection, rows, columns)


def generated(selection: Selection, rows: list[Any], *columns: list[Any]) -> list[Any] | None:
    """The rows of a level, made by generated code; None where there is none yet, or each value must be looked at."""
    shaper = selection.generator.fitting(selection, rows)
    try:
        return None if shaper is None else shaper(rows, *columns)
    except Exception:  # a value is not what generated code takes
        return None


def with_care(run: Run, selection: Selection, rows: Column, columns: list[list[Any]]) -> Found:
    """The rows without generated code: every value is looked at."""
    others = iter(columns)
    every = [_filled(run, each, rows) if each.in_place else next(others) for each in selection.fields]
    return then(together(every), partial(_joined, selection, len(rows.values)))


def _joined(selection: Selection, count: int, columns: list[list[Any]]) -> list[Any]:
    """The rows, made of all columns."""
    keys = [each.key for each in selection.fields]
    return [_row(keys, [column[index] for column in columns]) for index in range(count)]


def _row(keys: list[str], values: list[Any]) -> dict[str, Any] | Failed:
    failed = next((value for value in values if type(value) is Failed), None)
    return failed or dict(zip(keys, values, strict=True))


async def shape_serially(run: Run, selection: Selection, rows: Column) -> list[Any]:
    """The one row of a mutation: each field with all below it before the next, up to a non-null one that fails."""
    row = {}
    for field in selection.fields:
        found = _filled(run, field, rows)
        [value] = await found.arrive() if isinstance(found, Later) else found
        if type(value) is Failed:
            return [value]
        row[field.key] = value
    return [row]
