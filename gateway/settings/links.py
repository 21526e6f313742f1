"""What belongs together."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from gateway.settings.tables import Table

LinkKind = Literal["predictor", "deployment", "function", "trained_function"]


class LinkSettings(Table):
    """Things of two or more backends that belong together, by tag or id."""

    predictor: str | None = Field(default=None, description="tag of a predictor")
    deployment: str | None = Field(default=None, description="id of a deployment")
    function: str | None = Field(default=None, description="id of a function")
    trained_function: str | None = Field(default=None, description="id of a trained function")

    @model_validator(mode="after")
    def _two_or_more(self) -> LinkSettings:
        if len(self.model_fields_set) < 2:
            raise ValueError("name at least two of predictor, deployment, function and trained_function")
        return self
