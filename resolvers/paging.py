"""``offset`` and ``count`` of lists."""

from __future__ import annotations

from gateway.errors import BadInput

MAX_COUNT = 1000


def checked(offset: int | None, count: int | None, default: int) -> tuple[int, int]:
    """Both with their defaults. Raises ``BadInput`` outside 0 and 1 to 1,000."""
    offset = 0 if offset is None else offset
    count = default if count is None else count
    if offset < 0:
        raise BadInput("`offset` must be 0 or more.")
    if not 1 <= count <= MAX_COUNT:
        raise BadInput(f"`count` must be from 1 to {MAX_COUNT}.")
    return offset, count
