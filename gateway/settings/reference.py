"""The reference of all settings as Markdown, read off the models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from inspect import get_annotations, getdoc
from typing import NamedTuple, get_args, get_origin

from msgspec.structs import FieldInfo, fields

from gateway.settings.credentials import Credential
from gateway.settings.kinds import about, default_of, kind_of
from gateway.settings.loading import DEFAULT_FILE, ENV_PREFIX
from gateway.settings.root import Settings
from gateway.settings.single import bare, choices_of
from gateway.settings.tables import Table
from gateway.settings.upstreams import UpstreamSettings

INTRODUCTION = f"""\
# Settings

`fngraph settings` prints this page for the version that you have; `fngraph check` shows what is in force.

Settings come from `{DEFAULT_FILE}` in the working directory, or from the file that `--config` names, and from variables
of the environment, which win. Names that end in `_s` are seconds, those that end in `_bytes` are bytes. The variable of
a list or a table takes JSON. A name that does not exist, or a wrong value, ends the command with a message.
"""

DOCS, LINK = re.compile(r"\(docs/([\w-]+\.md)[^)]*\)"), r"([more](\1))"

HEAD = "| setting | type | default | what it is | variable |\n|---|---|---|---|---|"


class Place(NamedTuple):
    """Where a table stands: its name in the file, and what the variables of its settings begin with."""

    table: str
    variable: str | None
    """None for a table of a list, whose members have no variables."""

    def below(self, name: str, several: bool = False) -> Place:
        table = f"{self.table}.{name}" if self.table else name
        return Place(table, None if several else f"{self.variable}{name.upper()}__")


def reference() -> str:
    """A table for each table of the settings."""
    return "\n".join([INTRODUCTION, *_section("## Top level", Settings, Place("", ENV_PREFIX))])


def _section(title: str, model: type[Table], place: Place) -> Iterator[str]:
    """A table's own settings, and then the tables in it."""
    own = {name: field for name, field in _fields(model).items() if not _is_inherited(model, name)}
    tables = {name: kind for name, field in own.items() if (kind := _table_in(field))}
    yield from _table(title, model, {name: field for name, field in own.items() if name not in tables}, place)
    if model is Settings:
        yield from _every_upstream(name for name, kind in tables.items() if issubclass(kind, UpstreamSettings))
    for name, kind in tables.items():
        several = get_origin(own[name].type) is list
        below = place.below(name, several)
        heading = f"## `[[{below.table}]]`" if several else f"## `[{below.table}]`"
        yield from _section(heading, kind, below)
        if several:
            yield f"`{place.variable}{name.upper()}` has all of these tables, as a JSON list.\n"


def _every_upstream(names: Iterator[str]) -> Iterator[str]:
    place = Place("<upstream>", f"{ENV_PREFIX}<UPSTREAM>__")
    yield from _table("## Every upstream", UpstreamSettings, _fields(UpstreamSettings), place)
    yield f"Here `<upstream>` is {', '.join(f'`{name}`' for name in names)}; what one has besides is below.\n"
    for scheme in get_args(Credential):
        members = _fields(scheme)
        (name,) = choices_of(bare(members["scheme"].type))
        yield from _table(f'### `scheme = "{name}"`', scheme, members, place.below("credential"))


def _table(title: str, model: type[Table], fields: Mapping[str, FieldInfo], place: Place) -> Iterator[str]:
    text = " ".join((getdoc(model) or "").replace("``", "`").split())
    yield f"{title}\n\n{DOCS.sub(LINK, text)}\n"
    if fields:
        yield "\n".join([HEAD, *(_row(name, field, place) for name, field in fields.items()), ""])


def _row(name: str, field: FieldInfo, place: Place) -> str:
    variable = f"`{place.variable}{name.upper()}`" if place.variable else ""
    what = DOCS.sub(LINK, about(field))
    cells = [f"`{name}`", kind_of(field), default_of(field), what, variable]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _table_in(field: FieldInfo) -> type[Table] | None:
    """The table that a setting is, or a list of; not a credential, which is one of several kinds of tables."""
    kinds = [field.type, *get_args(field.type)]
    tables = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Table)]
    return tables[0] if len(tables) == 1 else None


def _fields(model: type[Table]) -> dict[str, FieldInfo]:
    return {field.name: field for field in fields(model)}


def _is_inherited(model: type[Table], name: str) -> bool:
    return issubclass(model, UpstreamSettings) and name not in get_annotations(model)
