"""What all tables of settings share.

A member is ``name: Annotated[kind, "what it is"] = default``. A kind may have bounds (``Meta``) and functions, which
return the value, perhaps changed, or raise ``ValueError``. What concerns several members, ``__post_init__`` checks.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

MIB = 1024 * 1024

PositiveInt = Annotated[int, Meta(gt=0)]
PositiveFloat = Annotated[float, Meta(gt=0)]
NonNegativeFloat = Annotated[float, Meta(ge=0)]


class SettingsError(Exception):
    """What is wrong with the settings: one line per value, each with its name."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """Built in code, only ``__post_init__`` checks it; ``gateway.settings.reading.read`` checks every value."""
