"""The Python that a plan generates: one function per level, which shapes its rows.

    def shape(rows, c3):  # Post
        return [
            odd(row) if (
                type(x0 := row.id) is not int or not -2147483648 <= x0 <= 2147483647
                or type(x1 := row.title) is not str
            ) else {'id': x0, 'name': x1, 'user': x3}
            for row, x3 in zip(rows, c3)
        ]

It covers the common case only: plain leaves of exactly the type that the schema says, for which serialising is
known to change nothing (or, for enums, to be a look-up). At anything else it gives up, and ``levels`` looks at each
value with care. So generated code holds no error handling. Nothing of a document gets into it but response keys, and
those as ``repr``.

A level's function is made when the level has shaped ``WARM_ROWS`` rows: making it costs as much as shaping about that
many with care, and a document that comes once does not pay for it.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLOutputType,
    GraphQLString,
)

from gateway.execution.leaves import enum_names, unchanged_types
from gateway.execution.sources import Attribute, Computed, Member, Source, TypeName
from gateway.execution.tree import Field, Selection

WARM_ROWS = 16

Shaper = Callable[..., list[dict[str, Any]]]
"""A generated function: the rows, then one argument per column that is not read in place."""

# When the value of `{read}` is odd; it is left in `{x}`.
_ODD: dict[GraphQLOutputType, str] = {
    GraphQLString: "type({x} := {read}) is not str",
    GraphQLInt: "type({x} := {read}) is not int or not -2147483648 <= {x} <= 2147483647",
    GraphQLFloat: "type({x} := {read}) is not float or {x} - {x} != 0.0",  # as it is for infinities and NaN
    GraphQLBoolean: "type({x} := {read}) is not bool",
    GraphQLID: "type({x} := {read}) is not str and (type({x}) is not int or not ({x} := str({x})))",
}


class OddValueError(Exception):
    """Generated code met a value that it does not handle."""


def _odd(row: Any) -> NoReturn:
    raise OddValueError


def can_read_in_place(source: Source, type_: GraphQLOutputType) -> bool:
    """Whether generated code can read a field of this type (apart from non-null) from the row."""
    if isinstance(source, TypeName):
        return True
    if isinstance(source, (Attribute, Member)):
        if not source.name.isidentifier() or keyword.iskeyword(source.name):
            return False
    elif not isinstance(source, Computed):
        return False
    return type_ in _ODD or isinstance(type_, GraphQLEnumType) or bool(unchanged_types(type_))


class Generator:
    """Makes the functions of one plan. Levels that look the same share one."""

    def __init__(self, warm_rows: int) -> None:
        self._warm_rows = warm_rows
        self._functions: dict[str, Shaper] = {}
        self._names: dict[str, Any] = {"odd": _odd}
        self._computed: dict[Callable[[Any], Any], str] = {}

    def fitting(self, selection: Selection, rows: list[Any]) -> Shaper | None:
        """The function for such rows, if there is one yet: dictionaries are read by key where graphql-core would."""
        selection.shaped += len(rows)
        if selection.shaped < self._warm_rows:
            return None
        if not selection.has_members:
            return selection.shaper or self._function(selection)
        kinds = set(map(type, rows))
        if kinds == {dict}:
            return self._function(selection, of_mappings=True)
        return None if any(issubclass(kind, Mapping) for kind in kinds) else self._function(selection)

    def _function(self, selection: Selection, *, of_mappings: bool = False) -> Shaper:
        made = selection.mapping_shaper if of_mappings else selection.shaper
        if made is not None:
            return made
        source = self.source(selection, of_mappings=of_mappings)
        if source not in self._functions:
            exec(compile(source, "<plan>", "exec"), self._names)  # noqa: S102 - see the docstring of the module
            self._functions[source] = self._names["shape"]
        if of_mappings:
            selection.mapping_shaper = self._functions[source]
        else:
            selection.shaper = self._functions[source]
        return self._functions[source]

    def source(self, selection: Selection, *, of_mappings: bool = False) -> str:
        """The function that shapes the rows of a level."""
        columns = [each.step[0] for each in selection.columns]
        parameters = ", ".join(["rows", *(f"c{position}" for position in columns)])
        names = ", ".join(["row", *(f"x{position}" for position in columns)])
        odd = [self._odd(each, of_mappings) for each in selection.fields if each.in_place]
        row = ", ".join(f"{each.key!r}: {_value(each)}" for each in selection.fields)
        return "\n".join(
            [
                f"def shape({parameters}):  # {selection.type.name}",
                "    return [",
                *_unless([each for each in odd if each], f"{{{row}}}"),
                f"        for {names} in {f'zip({parameters})' if columns else 'rows'}",
                "    ]\n",
            ]
        )

    def _odd(self, field: Field, of_mappings: bool) -> str:
        """When the field's value is odd; nothing for a constant."""
        source = field.source
        if isinstance(source, TypeName):
            return ""
        x, read = f"x{field.step[0]}", self._read(source, of_mappings)
        if isinstance(field.leaf, GraphQLEnumType):
            return f"({x} := {self._enum(field.leaf, field.slot.nullable)}.get({read}, rows)) is rows"
        odd = self._odd_scalar(field.leaf).format(x=x, read=read)
        return f"({odd}) and {x} is not None" if field.slot.nullable else odd

    def _read(self, source: Source, of_mappings: bool) -> str:
        if isinstance(source, Computed):
            return f"{self._named(source.function)}(row)"
        assert isinstance(source, (Attribute, Member))
        return f"row.get({source.name!r})" if of_mappings and isinstance(source, Member) else f"row.{source.name}"

    def _named(self, function: Callable[[Any], Any]) -> str:
        name = self._computed.setdefault(function, f"computed_{len(self._computed)}")
        self._names[name] = function
        return name

    def _odd_scalar(self, scalar: GraphQLOutputType) -> str:
        if scalar in _ODD:
            return _ODD[scalar]
        name = f"types_of_{scalar}"
        self._names[name] = unchanged_types(scalar)
        return f"type({{x}} := {{read}}) not in {name}"

    def _enum(self, enum: GraphQLEnumType, nullable: bool) -> str:
        """The name of the dictionary from values to names; null is in it where it may be."""
        name = f"{'nullable_' if nullable else ''}names_of_{enum.name}"
        if name not in self._names:
            self._names[name] = {**enum_names(enum), **({None: None} if nullable else {})}
        return name


def _unless(odd: list[str], row: str) -> list[str]:
    if not odd:
        return [f"        {row}"]
    conditions = [f"            {'or ' if position else ''}{each}" for position, each in enumerate(odd)]
    return ["        odd(row) if (", *conditions, f"        ) else {row}"]


def _value(field: Field) -> str:
    return repr(field.parent.name) if isinstance(field.source, TypeName) else f"x{field.step[0]}"
