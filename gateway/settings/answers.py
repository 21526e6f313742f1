"""Answers that are kept for a short while."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, NonNegativeFloat, PositiveInt, StringConstraints

from gateway.settings.tables import MIB, Table

Name = Annotated[str, StringConstraints(pattern=r"^[_A-Za-z][_0-9A-Za-z]*(\.[_A-Za-z][_0-9A-Za-z]*)?$")]
"""A type, such as `Predictor`, or a field, such as `Query.predictors`."""


class AnswerSettings(Table):
    """Off unless `max_age_s` names something (docs/sharing.md)."""

    max_age_s: dict[Name, NonNegativeFloat] = Field(
        default={}, description="seconds for which what a type or a field answers may be kept, by its name"
    )
    public: list[Name] = Field(
        default=[], description="root fields whose answers are the same for all callers, such as `Query.predictors`"
    )
    max_bytes: PositiveInt = Field(default=32 * MIB, description="memory that all of them may take")
