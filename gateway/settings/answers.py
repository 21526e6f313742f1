"""Answers that are kept for a short while."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from gateway.settings.tables import MIB, NonNegativeFloat, PositiveInt, Table

Name = Annotated[str, Meta(pattern=r"^[_A-Za-z][_0-9A-Za-z]*(\.[_A-Za-z][_0-9A-Za-z]*)?\Z")]
"""A type, such as `Predictor`, or a field, such as `Query.predictors`."""


class AnswerSettings(Table, frozen=True):
    """Off unless `max_age_s` names something (docs/sharing.md)."""

    max_age_s: Annotated[
        dict[Name, NonNegativeFloat], "seconds for which what a type or a field answers may be kept, by its name"
    ] = {}
    public: Annotated[
        list[Name], "root fields whose answers are the same for all callers, such as `Query.predictors`"
    ] = []
    max_bytes: Annotated[PositiveInt, "memory that all of them may take"] = 32 * MIB
