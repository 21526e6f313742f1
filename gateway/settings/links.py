"""What belongs together."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec.structs import asdict

from gateway.settings.tables import Table

LinkKind = Literal["predictor", "deployment", "function", "trained_function"]


class LinkSettings(Table, frozen=True):
    """Things of two or more backends that belong together, by tag or id."""

    predictor: Annotated[str | None, "tag of a predictor"] = None
    deployment: Annotated[str | None, "id of a deployment"] = None
    function: Annotated[str | None, "id of a function"] = None
    trained_function: Annotated[str | None, "id of a trained function"] = None

    def __post_init__(self) -> None:
        if len(self.names()) < 2:
            raise ValueError("name at least two of predictor, deployment, function and trained_function")

    def names(self) -> dict[str, str]:
        """The tag or id of each thing that it has, by kind."""
        return {kind: key for kind, key in asdict(self).items() if key is not None}
