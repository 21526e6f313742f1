"""Reading a manifest: names and texts, in each form in which tools write them.

    {"<name>": "<text>"}                                          graphql-codegen client preset, Relay's compiler
    [["<name>", "<text>"]] or [{"id": "<name>", "text": "…"}]     lists of the same
    {"format": "apollo-persisted-query-manifest", "version": 1,
     "operations": [{"id": "<name>", "name", "type", "body"}]}    Apollo, ``fngraph persist``

Sources: graphql-codegen, "client preset", "Persisted Documents"; Relay, "Persisted Queries"; Apollo GraphOS,
"Safelisting with Persisted Queries".
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

APOLLO_FORMAT = "apollo-persisted-query-manifest"
Entry = tuple[str, str]
"""The name of a document, and its text."""


def read_manifest(path: Path) -> list[Entry]:
    """Its entries, in order; names may come twice. Raises ``ValueError`` that says what is wrong, without the path."""
    try:
        content = json.loads(path.read_text("utf-8"), object_pairs_hook=_unique)
    except OSError as error:
        raise ValueError(error.strerror) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"is not JSON: {error}") from error
    return [_entry(number, item) for number, item in enumerate(_items(content), 1)]


def _items(content: Any) -> list[Any]:
    if isinstance(content, dict) and "format" in content:
        if (content["format"], content.get("version")) != (APOLLO_FORMAT, 1):
            raise ValueError(f"a manifest with a `format` must be {APOLLO_FORMAT}, version 1")
        content = content.get("operations")
    if isinstance(content, dict):
        return list(content.items())
    if isinstance(content, list):
        return content
    raise ValueError("must hold texts by name, or a list of documents")


def _entry(number: int, item: Any) -> Entry:
    if isinstance(item, dict):
        item = (item.get("id"), item.get("body", item.get("text")))
    if isinstance(item, list | tuple) and len(item) == 2:
        name, text = item
        if isinstance(name, str) and isinstance(text, str) and name:
            return name, text
    raise ValueError(f"entry {number} must have a name and a text")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"`{name}` is there twice")
        members[name] = value
    return members
