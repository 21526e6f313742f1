"""Reading a single value: text, a number, a switch, a choice, a path or a secret."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from enum import Enum
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

SWITCHES = dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True) | dict.fromkeys(
    ("false", "f", "no", "n", "off", "0"), False
)


def read_single(kind: Any, value: Any) -> Any:
    """The value as its kind, within its bounds. Raises ``ValueError``; its text does not hold the value."""
    own = bare(kind)
    try:
        return msgspec.convert(_of_text(own, value), kind, strict=False, dec_hook=_made)
    except msgspec.ValidationError as error:
        choices = choices_of(own)
        raise ValueError(f"Expected {in_words(choices)}" if choices else str(error)) from None


def bare(kind: Any) -> Any:
    """A kind without what stands beside it in ``Annotated``."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def choices_of(kind: Any) -> list[str]:
    """The values of a bare kind that has only some; else none."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [member.value for member in kind]
    return [*get_args(kind)] if get_origin(kind) is Literal else []


def in_words(choices: Iterable[str]) -> str:
    return " or ".join(f"`{choice}`" for choice in choices)


def _of_text(kind: Any, value: Any) -> Any:
    """What a variable's text says; it may be written as in the reference, such as ``16_777_216``."""
    if isinstance(value, str) and value.isascii():
        if kind is bool:
            return SWITCHES.get(value.lower(), value)
        if kind in (int, float):
            with contextlib.suppress(ValueError):
                return kind(value)
    return value


def _made(kind: Any, value: Any) -> Any:
    """Of a kind that msgspec does not know: a path, or a secret."""
    maker = get_origin(kind) or kind
    if isinstance(value, maker):
        return value
    return maker(msgspec.convert(value, *get_args(kind) or [str]))
