"""What the schema's files share."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

import strawberry
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.schema_directive import Location

from gateway.context import Context
from gateway.roles import Role

Info = strawberry.Info[Context, None]


def described_enum(
    enum: type[Enum], description: str, members: dict[str, str], deprecated: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Make an enumeration of records a GraphQL enum; ``deprecated`` says why, by member.

    Raises ``KeyError`` for a member without a description.
    """
    wrapped: Any = strawberry.enum(enum, description=description)
    for value in wrapped.__strawberry_definition__.values:
        value.description = members[value.name]
        value.deprecation_reason = deprecated.get(value.name)


described_enum(
    Role,
    "What a caller may be.",
    {"USER": "A caller that is known.", "ADMIN": "One that may administer functions; includes USER."},
)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="requires",
    description="The caller needs this role; without it the field is null with UNAUTHENTICATED or FORBIDDEN.",
)
class Requires:
    role: Role


class RoleGuard(FieldExtension):
    """Refuses before the field's resolver runs, so that a refused mutation sends nothing upstream."""

    def __init__(self, role: Role) -> None:
        self._role = role

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: object, info: strawberry.Info, **arguments: Any
    ) -> Any:
        await info.context.require(self._role)
        return await next_(source, info, **arguments)


def requires(role: Role) -> dict[str, Any]:
    """Arguments of ``strawberry.field`` that guard an async field, and show it in the SDL."""
    return {"directives": [Requires(role=role)], "extensions": [RoleGuard(role)]}
