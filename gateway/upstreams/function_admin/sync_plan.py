"""What a sync would do. Open WebUI makes its functions those of the list, and deletes every other one."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.errors import BadInput
from gateway.upstreams.function_admin.masking import replaced
from gateway.upstreams.function_admin.records import Function, FunctionType, SyncedFunction

MAX_NAMED = 10
# The server renames imports of old releases wherever such words stand, so the same code may be stored otherwise.
_OLD_IMPORT = re.compile(r"from (utils|apps|main|config)")
_CLASS = re.compile(r"^class (Pipe|Filter|Action|Event)\b", re.MULTILINE)
_WRITTEN_BY_SERVER = ("manifest", "toggle")


@dataclass(frozen=True, slots=True)
class WantedFunction:
    """A function as a caller wants it; what is None stays as it is stored, or is empty and off when it is new."""

    id: str
    name: str | None
    content: str | None
    meta: dict[str, Any] | None
    valves: dict[str, Any] | None
    is_active: bool | None
    is_global: bool | None


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """Ids in the order of the list, the deleted ones in that of the server; ``functions`` is what to send."""

    created: list[str]
    changed: list[str]
    unchanged: list[str]
    deleted: list[str]
    functions: list[SyncedFunction]


def plan(wanted: list[WantedFunction], stored: list[Function]) -> SyncPlan:
    """Compare. Raises ``BadInput`` for an id that is no identifier or comes twice, and for a new one without code."""
    ids = [function.id for function in wanted]
    twice = [function_id for function_id, times in Counter(ids).items() if times > 1]
    if twice:
        raise BadInput(f"The list has {_named(twice)} more than once.")
    before = {function.id: function for function in stored}
    made = [_made(function, before.get(function.id)) for function in wanted]
    kept = [function for function in made if function.id in before]
    differs = {function.id: _compared(function) != _compared(before[function.id]) for function in kept}
    listed = set(ids)
    return SyncPlan(
        created=[function_id for function_id in ids if function_id not in before],
        changed=[function_id for function_id, changed in differs.items() if changed],
        unchanged=[function_id for function_id, changed in differs.items() if not changed],
        deleted=[function_id for function_id in before if function_id not in listed],
        functions=made,
    )


def check_deletions(deleted: list[str]) -> None:
    """Raises ``BadInput`` when there are any."""
    if deleted:
        raise BadInput(f"This would delete {_named(deleted)}: set `allowDelete` to do so.")


def _named(ids: list[str]) -> str:
    more = len(ids) - MAX_NAMED
    return ", ".join(ids[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def _made(wanted: WantedFunction, stored: Function | None) -> SyncedFunction:
    if stored is None:
        return _new(wanted)
    valves = stored.valves or {}
    content = str(stored.content) if wanted.content is None else wanted.content
    return SyncedFunction(
        id=stored.id,
        user_id=stored.user_id or "",
        name=stored.name if wanted.name is None else wanted.name,
        type=_type_of(content, stored.type),
        content=content,
        meta={**stored.meta, **(wanted.meta or {})},
        valves=valves if wanted.valves is None else replaced(valves, wanted.valves),
        is_active=stored.is_active if wanted.is_active is None else wanted.is_active,
        is_global=stored.is_global if wanted.is_global is None else wanted.is_global,
        updated_at=stored.updated_at,
        created_at=stored.created_at,
        version_id=stored.version_id or msgspec.UNSET,
    )


def _new(wanted: WantedFunction) -> SyncedFunction:
    if not wanted.id.isidentifier():
        raise BadInput(f"{wanted.id!r} is not a Python identifier.")
    if wanted.content is None or wanted.name is None:
        raise BadInput(f"The new function {wanted.id!r} needs a `name` and `content`.")
    now_s = int(time.time())
    return SyncedFunction(
        id=wanted.id,
        user_id="",
        name=wanted.name,
        type=_type_of(wanted.content, FunctionType.PIPE),
        content=wanted.content,
        meta=wanted.meta or {},
        valves=replaced({}, wanted.valves or {}),
        is_active=bool(wanted.is_active),
        is_global=bool(wanted.is_global),
        updated_at=now_s,
        created_at=now_s,
    )


def _type_of(content: str, otherwise: FunctionType) -> str:
    """The type by the class that is looked for first. Servers from 0.11 on write it themselves."""
    classes = {name.lower() for name in _CLASS.findall(content)}
    return next((kind.value for kind in FunctionType if kind.value in classes), otherwise.value)


def _compared(function: SyncedFunction | Function) -> tuple[Any, ...]:
    meta = {key: value for key, value in function.meta.items() if key not in _WRITTEN_BY_SERVER and value is not None}
    content = _OLD_IMPORT.sub(r"from open_webui.\1", str(function.content))
    return function.name, content, meta, function.valves or {}, function.is_active, function.is_global
