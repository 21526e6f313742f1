"""What an empty stand-in holds: one function of each type to play with, and many generated ones. Always the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from gateway.sandbox.function_admin.function_valves import USER_VALVES, user_key
from gateway.sandbox.function_admin.functions import ROWS, VERSIONS, new_row, with_code
from gateway.sandbox.function_admin.history import new_version
from gateway.sandbox.function_admin.module_source import read_module
from gateway.sandbox.function_admin.seed_sources import LOG_EVENT, MY_FUNCTION, NOTE_ACTION, WORD_FILTER
from gateway.sandbox.function_admin.users import ADA, YUSUF
from gateway.sandbox.store import Document, Store

FIRST_S = 1_735_689_600  # 2025-01-01T00:00:00Z
HOUR_S = 3600
TOPICS = ("Weather", "Invoice", "Travel", "Recipe", "Support", "Contract", "Sports")
GONE = str(uuid5(NAMESPACE_DNS, "gone@example.com"))

KINDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Assistant", MY_FUNCTION.replace("title: My Function", "title: Assistant"), {"model": "large", "max_length": 500}),
    ("Filter", WORD_FILTER, {"priority": 5, "words": ["secret"]}),
    ("Note", NOTE_ACTION, {}),
    ("Logger", LOG_EVENT, {"level": "debug"}),
)


@dataclass(frozen=True)
class Seeded:
    """A function to be; ``sources`` are its versions, the last one the present."""

    id: str
    name: str
    description: str
    sources: tuple[str, ...]
    created_s: int
    user_id: str = YUSUF.id
    valves: dict[str, Any] = field(default_factory=dict)
    is_active: bool = False
    is_global: bool = False


def seed(store: Store, rows: int) -> None:
    """Fill a store without functions with four and ``rows`` generated ones."""
    functions, versions = store.collection(ROWS), store.collection(VERSIONS)
    if functions:
        return
    read = cache(read_module)
    found: dict[str, Document] = {}
    history: dict[str, Document] = {}
    for seeded in (*_chosen(), *_generated(rows)):
        row = new_row(seeded.id, seeded.user_id, seeded.created_s)
        row |= {"valves": seeded.valves, "is_active": seeded.is_active, "is_global": seeded.is_global}
        for number, source in enumerate(seeded.sources):
            now_s = seeded.created_s + number * HOUR_S
            row = with_code(row, seeded.name, source, {"description": seeded.description}, read, now_s)
            version_id = str(uuid5(NAMESPACE_DNS, f"{number}.{seeded.id}.example.com"))
            history[version_id] = new_version(version_id, row, seeded.user_id, f"version {number + 1}", now_s)
            row["version_id"] = version_id
        found[seeded.id] = row
    functions.fill(found)
    versions.fill(history)
    store.collection(USER_VALVES).fill({user_key("my_function", ADA.id): {"tone": "formal"}})


def _chosen() -> Iterator[Seeded]:
    earlier = MY_FUNCTION.replace("version: 0.2.0", "version: 0.1.0")
    valves = {"api_key": "sandbox-provider-key", "model": "large"}
    about = "Answers in a tone of your choice"
    yield Seeded("my_function", "My Function", about, (earlier, MY_FUNCTION), FIRST_S, valves=valves, is_active=True)
    yield Seeded("word_filter", "Word Filter", "Hides words", (WORD_FILTER,), FIRST_S, is_active=True, is_global=True)
    yield Seeded("note_action", "Note Action", "Keeps an answer", (NOTE_ACTION,), FIRST_S, ADA.id, is_active=True)
    yield Seeded("log_event", "Log Event", "Counts what happens", (LOG_EVENT,), FIRST_S)


def _generated(rows: int) -> Iterator[Seeded]:
    for number in range(rows):
        kind, source, valves = KINDS[number % len(KINDS)]
        name = f"{TOPICS[number % len(TOPICS)]} {kind} {number:03}"
        yield Seeded(
            id=name.lower().replace(" ", "_"),
            name=name,
            description=f"Generated, number {number}",
            sources=(source,),
            created_s=FIRST_S + (number + 2) * HOUR_S,
            user_id=GONE if number % 50 == 49 else YUSUF.id,
            valves=valves if number % 3 == 0 else {},
            is_active=number % 5 < 3,
            is_global=number % 7 == 0,
        )
