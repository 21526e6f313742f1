"""Passwords among valves: shown as a mask, and a mask that comes back stands for what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.upstreams.function_admin.plain_valves import marks_password

MASK = "********"

Values = dict[str, Any]


def masked(values: Values, plain: frozenset[str]) -> Values:
    """The values, a mask for each that is not ``plain``, whatever its type."""
    return {name: value if name in plain else MASK for name, value in values.items()}


def plain_by_schema(schema: Mapping[str, Any] | None) -> frozenset[str]:
    """The valves that are no passwords by the server's own schema; not those that it describes elsewhere."""
    members = (schema or {}).get("properties")
    described = members.items() if isinstance(members, dict) else ()
    return frozenset(name for name, member in described if _is_plain(member))


def _is_plain(member: Any) -> bool:
    """Whether a member's schema, and each alternative and item in it, is there to read and no password."""
    match member:
        case {"$ref": _} | {"properties": _}:
            return False
        case dict():
            inner = [member.get("items"), member.get("additionalProperties")]
            for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
                inner += member.get(key) or []
            return not marks_password(member) and all(i is None or isinstance(i, bool) or _is_plain(i) for i in inner)
    return False


def masked_schema(schema: Any) -> Any:
    """A schema without the defaults of passwords, which may come from the server's environment."""
    match schema:
        case dict():
            hidden = {"default"} if marks_password(schema) and schema.get("default") else set()
            return {key: MASK if key in hidden else masked_schema(member) for key, member in schema.items()}
        case list():
            return [masked_schema(member) for member in schema]
    return schema


def merged(stored: Values, given: Values) -> Values:
    """The stored values with those given instead; null takes one away."""
    values = stored | {name: value for name, value in given.items() if value != MASK}
    return {name: value for name, value in values.items() if value is not None}


def replaced(stored: Values, given: Values) -> Values:
    """The values given and no others."""
    values = {name: stored.get(name) if value == MASK else value for name, value in given.items()}
    return {name: value for name, value in values.items() if value is not None}
