"""How much one caller may have of the gateway."""

from __future__ import annotations

from pydantic import Field, PositiveInt

from gateway.settings.tables import Table


class CallerSettings(Table):
    """Points and operations at once, per caller. A point is a value of an answer (docs/limits.md, "Callers")."""

    points_per_second: PositiveInt = Field(default=50_000, description="points that a caller gets back in a second")
    burst_points: PositiveInt = Field(default=500_000, description="points that a caller can have at most")
    min_points: PositiveInt = Field(default=100, description="points that every request takes, a refused one too")
    max_operations: PositiveInt = Field(default=200, description="operations at once of one caller, on all connections")
    address_factor: PositiveInt = Field(
        default=4, description="times these numbers for one address, which callers without a verified key share"
    )
    max_kept: PositiveInt = Field(default=20_000, description="callers, and addresses, that are counted at a time")
