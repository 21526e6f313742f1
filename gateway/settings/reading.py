"""Reading settings from plain values, each by its own kind, so that everything wrong with them is said at once.

Plain values are what TOML and JSON give. Numbers and switches may be text, too, as variables have them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from msgspec import Meta
from msgspec.structs import fields

from gateway.settings.single import bare, choices_of, in_words, read_single
from gateway.settings.tables import SettingsError, Table

T = TypeVar("T")


def read(kind: type[T], values: Any) -> T:
    """What the plain values say. What is of its kind already, such as a table, is taken as it is.

    Raises ``SettingsError`` with every wrong, missing or unknown value, by name.
    """
    try:
        found: T = _read(kind, values)
    except ValueError as error:
        raise SettingsError([str(error)]) from None
    return found


def _read(kind: Any, value: Any) -> Any:
    """Raises ``ValueError`` for what is wrong with the whole, ``SettingsError`` for what is wrong in it."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _checked(kind, value)
    if origin in (Union, UnionType):
        return None if value is None and NoneType in parts else _read(_chosen(parts, value), value)
    if origin in (list, frozenset):
        return origin(_all((place, parts[0], each) for place, each in enumerate(_list(value))).values())
    if origin is dict:
        names = [(name, parts[0], name) for name in _table(value)]
        return _all([*names, *((name, parts[1], each) for name, each in value.items())])
    if isinstance(kind, type) and issubclass(kind, Table):
        return value if isinstance(value, kind) else _members(kind, _table(value))
    return read_single(kind, value)


def _all(values: Iterable[tuple[object, Any, Any]], problems: Iterable[str] = ()) -> dict[Any, Any]:
    """What was read of each name, kind and value; ``problems`` are known already."""
    found, wrong = {}, []
    for name, kind, value in values:
        try:
            found[name] = _read(kind, value)
        except SettingsError as error:
            wrong += [f"{name}.{problem}" for problem in error.problems]
        except ValueError as error:
            wrong.append(f"{name}: {error}")
    if wrong := [*wrong, *problems]:
        raise SettingsError(wrong)
    return found


def _checked(kind: Any, value: Any) -> Any:
    """By the bounds and functions beside a kind (``gateway.settings.tables``). Only single values have bounds."""
    own, *beside = get_args(kind)
    bounded = any(isinstance(each, Meta) for each in beside)
    found = read_single(kind, value) if bounded else _read(own, value)
    for check in filter(callable, beside):
        found = check(found)
    return found


def _members(kind: type[Table], values: dict[str, Any]) -> Table:
    kinds, required = _kinds(kind)
    missing = [f"{name}: it is required" for name in required if name not in values]
    unknown = [f"{name}: there is no such setting" for name in values if name not in kinds]
    known = ((name, kinds[name], values[name]) for name in kinds if name in values)
    return kind(**_all(known, [*missing, *unknown]))


@cache
def _kinds(table: type[Table]) -> tuple[dict[str, Any], list[str]]:
    """The kind of each member, and the names of those without a default."""
    members = fields(table)
    return {each.name: each.type for each in members}, [each.name for each in members if each.required]


def _chosen(kinds: tuple[Any, ...], value: Any) -> Any:
    """The kind that a value of a union is: the only one beside None, or the one of the table's ``scheme``."""
    others = [kind for kind in kinds if kind is not NoneType]
    if len(others) == 1:
        return others[0]
    if type(value) in others:
        return type(value)
    schemes = {choices_of(bare(_kinds(kind)[0]["scheme"]))[0]: kind for kind in others}
    scheme = _table(value).get("scheme")
    if not isinstance(scheme, str) or scheme not in schemes:
        raise ValueError(f"Expected a `scheme`, which is {in_words(schemes)}")
    return schemes[scheme]


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("Expected a table")
    return value


def _list(value: Any) -> Iterable[Any]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise ValueError("Expected a list")
    return value
