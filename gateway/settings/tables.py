"""What all tables of settings share."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, HttpUrl, StringConstraints, TypeAdapter

MIB = 1024 * 1024


class SettingsError(Exception):
    """What is wrong with the settings: one line per value, each with its name."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _checked_url(value: str) -> str:
    TypeAdapter(HttpUrl).validate_python(value)
    return value.rstrip("/")


Url = Annotated[str, AfterValidator(_checked_url)]

InvokeHost = Annotated[
    str,
    StringConstraints(
        to_lower=True, pattern=r"^(\.?[A-Za-z0-9_-][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(:([0-9]{1,5}|\*))?$"
    ),
]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
