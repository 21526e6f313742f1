"""Fields that are resolved for a whole level at once.

    @per_level(description="Python code.", graphql_type=str | None, **requires(Role.ADMIN))
    async def content(self, info: Info, functions: strawberry.Parent[list[records.Function]]) -> Any:
        return await resolve.content(info.context, functions)

The function gets all parents of a level and answers one value for each, in the same order, an exception object for one
that failed. What guards the field is asked once, before the function runs; a refusal is every parent's.
"""

from __future__ import annotations

from typing import Any

import strawberry

PER_LEVEL = "per_level"
"""Key in the metadata of a field."""


def per_level(*, metadata: dict[str, Any] | None = None, **options: Any) -> Any:
    """``strawberry.field`` for a function over all parents of a level. ``graphql_type`` is that of one value."""
    return strawberry.field(metadata={**(metadata or {}), PER_LEVEL: True}, **options)
