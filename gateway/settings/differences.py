"""What two states of the settings differ in, and what of that a running gateway cannot take over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from gateway.settings.root import Settings
from gateway.settings.tables import Table

NEEDS_RESTART = frozenset(
    {
        "host",
        "port",
        "workers",
        "keep_alive_s",
        "shutdown_delay_s",
        "shutdown_timeout_s",
        "trusted_proxies",
        "websocket.max_message_bytes",
        "metrics.enabled",
        "tracing",
        "store",
        "store_prefix",
        "store_secret",
        "store_timeout_s",
    }
)
"""What the server is made with, before it listens; the names of whole tables may stand here, too."""


def differences(old: Table, new: Table, table: str = "") -> Iterator[str]:
    """The names of the settings that differ, such as ``limits.max_depth``; no values, which may be secrets."""
    for name in new.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if isinstance(before, Table) and type(before) is type(after):
            yield from differences(before, after, f"{table}{name}.")
        else:
            yield table + name


def running_on(old: Settings, new: Settings) -> tuple[Settings, list[str]]:
    """``new`` with the values of ``old`` for what needs a restart, and the names of these where they differ."""
    stay = [name for name in differences(old, new) if not NEEDS_RESTART.isdisjoint(_prefixes(name))]
    kept: Any = new
    if old.metrics.enabled and new.metrics.token is None:
        kept = replace(new, metrics=old.metrics)  # they stay on, and guarded
    for name in stay:
        kept = _with(kept, old, name.split("."))
    return kept, stay


def _prefixes(name: str) -> Iterator[str]:
    words = name.split(".")
    return (".".join(words[: end + 1]) for end in range(len(words)))


def _with(table: Any, source: Any, path: list[str]) -> Any:
    """The table with the value that ``source`` has at ``path``."""
    name, *below = path
    value = getattr(source, name)
    return replace(table, **{name: _with(getattr(table, name), value, below) if below else value})
