"""Print the schema as SDL, or say what changed in it since an older one.

What a change means for clients is judged by graphql-core (``find_schema_changes``). It looks at no directives, so the
role that a field needs is compared here: who needs one more than before gets null and an error.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from graphql import (
    EnumValueNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    GraphQLSyntaxError,
    assert_valid_schema,
    build_schema,
    is_object_type,
)
from graphql.utilities import BreakingChange, DangerousChange, find_schema_changes
from graphql.utilities.find_schema_changes import SchemaChange

from gateway.roles import Role
from schema import build_schema as build_own_schema

SEVERITIES = ("breaking", "dangerous", "safe")
RANKS = (None, Role.USER.value, Role.ADMIN.value)


class Change(NamedTuple):
    """One difference between two schemas."""

    severity: str
    """One of ``SEVERITIES``: clients of the older schema fail, may fail, work on."""
    kind: str
    description: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to compare with."""
    parser.add_argument(
        "--check",
        type=Path,
        metavar="OLD.graphql",
        help="say what changed since this SDL; status 1 if it breaks clients",
    )


def run(arguments: argparse.Namespace) -> int:
    """0; with ``--check`` 1 for a breaking change, and 2 for a file that is not there or is no schema."""
    sdl = build_own_schema().as_str()
    if arguments.check is None:
        print(sdl)
        return 0
    try:
        old = _read(arguments.check)
    except (OSError, UnicodeDecodeError) as error:
        return _fail(f"{arguments.check} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}")
    except (GraphQLError, TypeError) as error:  # TypeError: well-formed, and no schema
        return _fail(f"{arguments.check}{_place(error)} is no schema: {getattr(error, 'message', error)}")
    changes = changes_between(old, build_schema(sdl))
    for change in changes:
        print(f"{change.severity:<10} {change.kind:<30} {change.description}")
    counts = Counter(change.severity for change in changes)
    print(", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES), f"since {arguments.check}")
    return 1 if counts["breaking"] else 0


def _read(file: Path) -> GraphQLSchema:
    schema = build_schema(file.read_text(encoding="utf-8"))
    assert_valid_schema(schema)
    return schema


def changes_between(old: GraphQLSchema, new: GraphQLSchema) -> list[Change]:
    """All differences, the worst first. Both schemas must come from SDL, whose directives are looked at."""
    found = [
        Change(_severity(change), change.type.name, change.description) for change in find_schema_changes(old, new)
    ]
    return sorted([*found, *_role_changes(old, new)], key=lambda change: SEVERITIES.index(change.severity))


def _severity(change: SchemaChange) -> str:
    if isinstance(change, BreakingChange):
        return "breaking"
    return "dangerous" if isinstance(change, DangerousChange) else "safe"


def _role_changes(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    for name, kind in old.type_map.items():
        now = new.get_type(name)
        if is_object_type(kind) and is_object_type(now):
            for field in kind.fields.keys() & now.fields.keys():
                before, after = _role(kind.fields[field]), _role(now.fields[field])
                if before != after:
                    severity = "breaking" if RANKS.index(after) > RANKS.index(before) else "safe"
                    described = f"Field {name}.{field} needs {_named(after)}; it needed {_named(before)}."
                    yield Change(severity, "REQUIRED_ROLE_CHANGED", described)


def _role(field: GraphQLField) -> str | None:
    """What ``@requires`` says of it in the SDL."""
    directives = field.ast_node.directives if field.ast_node else None
    for directive in directives or ():
        if directive.name.value == "requires":
            roles = [argument.value for argument in directive.arguments or ()]
            return next((role.value for role in roles if isinstance(role, EnumValueNode) and role.value in RANKS), None)
    return None


def _named(role: str | None) -> str:
    return f"the role {role}" if role else "no role"


def _place(error: Exception) -> str:
    if isinstance(error, GraphQLSyntaxError) and error.locations:
        return f":{error.locations[0].line}:{error.locations[0].column}"
    return ""


def _fail(text: str) -> int:
    print(text, file=sys.stderr)
    return 2
