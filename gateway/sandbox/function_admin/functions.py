"""The functions: what create, update, sync, delete and the switches do to the stored rows.

A row has the members of ``FunctionWithValvesModel``. Times are epoch seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

from gateway.sandbox.function_admin.history import History
from gateway.sandbox.function_admin.models import FunctionForm, FunctionMeta, FunctionWithValvesModel
from gateway.sandbox.function_admin.module_source import FunctionModule, read_module, with_new_imports
from gateway.sandbox.function_admin.syntax import IncompatibleValvesError, LoadError
from gateway.sandbox.function_admin.users import User
from gateway.sandbox.function_admin.wire import ApiError
from gateway.sandbox.store import Document, Store

ROWS = "functions"
VERSIONS = "function_history"
MODULES_KEPT = 256

NOT_FOUND = "We could not find what you're looking for :/"
BAD_ID = "Only alphanumeric characters and underscores are allowed in the id"
ID_TAKEN = "Uh-oh! This id is already registered. Please choose another id string."

ReadModule = Callable[[str], FunctionModule]


def new_row(function_id: str, user_id: str, now_s: int) -> Document:
    """A function before its code is known: inactive, not global, without valves."""
    return {
        "version_id": None,
        "id": function_id,
        "user_id": user_id,
        "valves": {},
        "is_active": False,
        "is_global": False,
        "created_at": now_s,
    }


def with_code(row: Document, name: str, content: str, meta: dict[str, Any], read: ReadModule, now_s: int) -> Document:
    """The row with new code, and with what the server takes out of code. Raises ``LoadError``."""
    content = with_new_imports(content)
    module = read(content)
    if module.valves is not None:
        module.valves.check_stored(row["valves"])
    return row | {
        "name": name,
        "type": module.type,
        "content": content,
        "meta": meta | {"manifest": module.manifest, "toggle": module.toggle},
        "updated_at": now_s,
    }


class Functions:
    """The functions of a store, each with its history."""

    def __init__(self, store: Store) -> None:
        self._rows = store.collection(ROWS)
        self.history = History(store.collection(VERSIONS))
        self._read: ReadModule = lru_cache(maxsize=MODULES_KEPT)(read_module)

    def all(self) -> list[Document]:
        return self._rows.documents()

    def newest_first(self) -> list[Document]:
        return sorted(self.all(), key=lambda row: row["updated_at"], reverse=True)

    def get(self, function_id: str, status: int = 401, detail: str = NOT_FOUND) -> Document:
        """The row; the routes differ in how they say that there is none."""
        row = self._rows.get(function_id)
        if row is None:
            raise ApiError(status, detail)
        return row

    def put(self, row: Document) -> Document:
        """Store a row that changed without a new version."""
        row["updated_at"] = int(time.time())
        self._rows[row["id"]] = row
        return row

    def create(self, form: FunctionForm, user: User) -> Document:
        function_id = form.id.lower()
        if not form.id.isidentifier():
            raise ApiError(400, BAD_ID)
        if function_id in self._rows:
            raise ApiError(400, ID_TAKEN)
        row = new_row(function_id, user.id, int(time.time()))
        try:
            row = self._changed(row, form.name, form.content, form.meta)
        except IncompatibleValvesError as error:
            raise ApiError(400, str(error)) from error
        except LoadError as error:
            raise ApiError(400, "[ERROR: Error creating function]") from error
        return self._commit(row, user, form.commit_message)

    def update(self, function_id: str, form: FunctionForm, user: User) -> Document:
        """New name, code and meta; the switches and the valves stay. Broken code is noticed before a missing id."""
        try:
            self._read(with_new_imports(form.content))
            row = self.get(function_id, 400, "Function not found")
            row = self._changed(row, form.name, form.content, form.meta)
        except LoadError as error:
            raise ApiError(400, str(error)) from error
        return self._commit(row, user, form.commit_message)

    def set_version(self, function_id: str, version_id: str) -> Document:
        row = self.get(function_id, 404, "Not found")
        kept = self.history.entry(function_id, version_id)["snapshot"]
        try:
            row = self._changed(row, kept["name"], kept["content"], FunctionMeta(**kept["meta"]))
        except LoadError as error:
            raise ApiError(400, str(error)) from error
        return self.put(row | {"version_id": version_id})

    def flip(self, function_id: str, switch: Literal["is_active", "is_global"]) -> Document:
        row = self.get(function_id)
        return self.put(row | {switch: not row[switch]})

    def delete(self, function_id: str) -> None:
        """Nothing happens when there is none. Valves of users stay, and are theirs again should the id come back."""
        self._rows.pop(function_id, None)
        self.history.forget({function_id})

    def sync(self, wanted: list[FunctionWithValvesModel], user: User) -> list[Document]:
        """Make the functions those wanted, or nothing at all if one of them does not load."""
        try:
            rows = {function.id: self._synced(function, user) for function in wanted}
        except LoadError as error:
            raise ApiError(400, "[ERROR: Error loading function]") from error
        unwanted = set(self._rows) - set(rows)
        for function_id in unwanted:
            del self._rows[function_id]
        self.history.forget(unwanted)
        for row in rows.values():
            self._commit(row, user, None)
        return self.all()

    def module(self, row: Document) -> FunctionModule:
        """The code of a stored function. If it no longer loads, the function is switched off: ``LoadError``."""
        try:
            return self._read(row["content"])
        except LoadError:
            self._rows[row["id"]] = row | {"is_active": False}
            raise

    def _synced(self, function: FunctionWithValvesModel, user: User) -> Document:
        row = self._rows.get(function.id) or new_row(function.id, user.id, function.created_at)
        given = function.model_dump(include={"is_active", "is_global", "created_at"})
        row = row | given | {"user_id": user.id, "valves": function.valves or {}}
        return self._changed(row, function.name, function.content, function.meta)

    def _changed(self, row: Document, name: str, content: str, meta: FunctionMeta) -> Document:
        return with_code(row, name, content, meta.model_dump(), self._read, int(time.time()))

    def _commit(self, row: Document, user: User, message: str | None) -> Document:
        row["version_id"] = self.history.version_of(row, user.id, message)
        self._rows[row["id"]] = row
        return row
