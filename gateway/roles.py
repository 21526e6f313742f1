"""What a caller may be."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """``ADMIN`` includes ``USER``."""

    USER = "USER"
    ADMIN = "ADMIN"
