"""How much one caller may have of the gateway."""

from __future__ import annotations

from typing import Annotated

from gateway.settings.tables import PositiveInt, Table


class CallerSettings(Table, frozen=True):
    """Points and operations at once, per caller. A point is a value of an answer (docs/limits.md, "Callers")."""

    points_per_second: Annotated[PositiveInt, "points that a caller gets back in a second"] = 50_000
    burst_points: Annotated[PositiveInt, "points that a caller can have at most"] = 500_000
    min_points: Annotated[PositiveInt, "points that every request takes, a refused one too"] = 100
    max_operations: Annotated[PositiveInt, "operations at once of one caller, on all connections"] = 200
    address_factor: Annotated[
        PositiveInt, "times these numbers for one address, which callers without a verified key share"
    ] = 4
    max_kept: Annotated[PositiveInt, "callers, and addresses, that are counted at a time"] = 20_000
