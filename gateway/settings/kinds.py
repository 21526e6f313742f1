"""Types and defaults of settings in words, for their reference."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from msgspec import NODEFAULT
from msgspec.structs import FieldInfo

from gateway.settings.addresses import Url
from gateway.settings.credentials import NoCredential
from gateway.settings.secret import Secret
from gateway.settings.single import choices_of
from gateway.settings.stores import StoreUrl
from gateway.settings.tables import Table

WORDS: dict[object, str] = {
    bool: "true or false",
    float: "number",
    int: "integer",
    str: "text",
    Any: "anything",
    Path: "path",
    StoreUrl: "URL, secret",
}

URL_CHECK = get_args(Url)[1]


def kind_of(field: FieldInfo) -> str:
    """What a setting may be, such as ``integer > 0``."""
    return _kind(field.type)


def about(field: FieldInfo) -> str:
    """What a setting is."""
    return "".join(part for part in get_args(field.type) if isinstance(part, str))


def default_of(field: FieldInfo) -> str:
    """A setting's default as TOML, or that it has none."""
    if field.required:
        return "required"
    value = field.default if field.default_factory is NODEFAULT else field.default_factory()
    if value is None:
        return "none"
    if isinstance(value, Table):
        return f'`scheme = "{value.scheme}"`' if hasattr(value, "scheme") else ""
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:_}" if value >= 10_000 else f"{value:g}"
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value, key=str)
    return value.value if isinstance(value, Enum) else str(value)


def _kind(annotation: Any, metadata: Sequence[Any] = ()) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(parts[0], parts[1:])
    if choices := choices_of(annotation):
        return " or ".join(f"`{json.dumps(choice)}`" for choice in choices)
    if origin in (Union, UnionType):
        kinds = (
            ["table"] if NoCredential in parts else [_kind(part, metadata) for part in parts if part is not NoneType]
        )
        return " or ".join(kinds)
    if origin in (list, frozenset):
        return f"list of {_kind(parts[0])}"
    if origin is dict:
        return f"table of {_kind(parts[1])}"
    if origin is Secret:
        return f"{_kind(parts[0])}, secret"
    if URL_CHECK in metadata:
        return "URL"
    return f"{WORDS[annotation]} {', '.join(_bounds(metadata))}".strip()


def _bounds(metadata: Sequence[Any]) -> Iterator[str]:
    for bound in metadata:
        for name, sign in (("gt", ">"), ("ge", "≥"), ("le", "≤")):
            if getattr(bound, name, None) is not None:
                yield f"{sign} {getattr(bound, name)}"
