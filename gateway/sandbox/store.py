"""State of a stand-in: JSON documents in SQLite, one table per collection, in order of insertion."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

Document = dict[str, Any]


class Collection(MutableMapping[str, Document]):
    """A table of JSON documents by id. What is read is a copy: write it back to keep a change."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        if not name.isidentifier():
            raise ValueError(f"a collection's name is an identifier, not {name!r}")
        self._connection = connection
        self._name = name
        connection.execute(f"CREATE TABLE IF NOT EXISTS {name} (id TEXT PRIMARY KEY, body TEXT NOT NULL)")

    def __getitem__(self, key: str) -> Document:
        row = self._connection.execute(f"SELECT body FROM {self._name} WHERE id = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        document: Document = json.loads(row[0])
        return document

    def __setitem__(self, key: str, document: Document) -> None:
        self._connection.execute(
            f"INSERT INTO {self._name} VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (key, json.dumps(document)),
        )

    def __delitem__(self, key: str) -> None:
        if self._connection.execute(f"DELETE FROM {self._name} WHERE id = ?", (key,)).rowcount == 0:
            raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter([row[0] for row in self._connection.execute(f"SELECT id FROM {self._name} ORDER BY rowid")])

    def __len__(self) -> int:
        count: int = self._connection.execute(f"SELECT count(*) FROM {self._name}").fetchone()[0]
        return count

    def documents(self) -> list[Document]:
        """All documents in order of insertion, in one query."""
        rows = self._connection.execute(f"SELECT body FROM {self._name} ORDER BY rowid")
        return [json.loads(row[0]) for row in rows]

    def fill(self, documents: dict[str, Document]) -> None:
        """Insert many documents in one transaction."""
        with self._connection:
            self._connection.execute("BEGIN")
            for key, document in documents.items():
                self[key] = document


class Store:
    """One SQLite file with collections by name; writes are committed at once. Close it when done."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")

    def collection(self, name: str) -> Collection:
        return Collection(self._connection, name)

    def close(self) -> None:
        self._connection.close()
