"""The versions of functions: a snapshot of name, content and meta for each change of one of them (new in 0.12.4)."""

from __future__ import annotations

import time
from difflib import unified_diff
from typing import Any
from uuid import uuid4

from gateway.sandbox.function_admin.wire import ApiError
from gateway.sandbox.store import Collection, Document

PAGE_SIZE = 20
WRITTEN_BY_SERVER = ("manifest", "toggle")


def new_version(version_id: str, function: Document, user_id: str, message: str | None, now_s: int) -> Document:
    """The version that ``function`` would become."""
    return {
        "id": version_id,
        "function_id": function["id"],
        "parent_id": function["version_id"],
        "user_id": user_id,
        "commit_message": message,
        "created_at": now_s,
        "snapshot": _snapshot(function),
    }


def _snapshot(function: Document) -> dict[str, Any]:
    """What a version keeps: of ``meta``, all but the two members the server writes itself."""
    meta = {key: value for key, value in function["meta"].items() if key not in WRITTEN_BY_SERVER}
    return {"name": function["name"], "content": function["content"], "meta": meta}


class History:
    """The versions of all functions, by version id; a version knows its function and the version it came from."""

    def __init__(self, versions: Collection) -> None:
        self._versions = versions

    def version_of(self, function: Document, user_id: str, message: str | None) -> str:
        """The id of the function's state: that of its present version, or of a new one if something differs."""
        current = self._versions.get(function["version_id"] or "")
        if current is not None and current["snapshot"] == _snapshot(function):
            return str(current["id"])
        version_id = str(uuid4())
        self._versions[version_id] = new_version(version_id, function, user_id, message, int(time.time()))
        return version_id

    def page(self, function_id: str, number: int) -> list[Document]:
        """Twenty versions without their snapshots, the newest first; the first page is number 1 or less."""
        newest_first = sorted(self._of(function_id), key=lambda v: (v["created_at"], v["id"]), reverse=True)
        start = (max(number, 1) - 1) * PAGE_SIZE
        return newest_first[start : start + PAGE_SIZE]

    def entry(self, function_id: str, version_id: str) -> Document:
        version = self._versions.get(version_id)
        if version is None or version["function_id"] != function_id:
            raise ApiError(404, "Version not found")
        return version

    def delete(self, function: Document, version_id: str) -> None:
        """Take a version out; those that came from it now come from the one before."""
        gone = self.entry(function["id"], version_id)
        if version_id == function["version_id"]:
            raise ApiError(400, "Cannot delete the current version")
        for version in self._of(function["id"]):
            if version["parent_id"] == version_id:
                self._versions[version["id"]] = version | {"parent_id": gone["parent_id"]}
        del self._versions[version_id]

    def forget(self, function_ids: set[str]) -> None:
        for version in self._versions.documents():
            if version["function_id"] in function_ids:
                del self._versions[version["id"]]

    def diff(self, function_id: str, from_id: str, to_id: str) -> dict[str, Any]:
        before = self.entry(function_id, from_id)["snapshot"]
        after = self.entry(function_id, to_id)["snapshot"]
        lines, new_lines = before["content"].splitlines(), after["content"].splitlines()
        return {
            "from_id": from_id,
            "to_id": to_id,
            "metadata": {
                key: {"before": before[key], "after": after[key]}
                for key in ("name", "meta")
                if before[key] != after[key]
            },
            "content_diff": "\n".join(unified_diff(lines, new_lines, "selected.py", "production.py", lineterm="")),
            "line_endings_only": lines == new_lines and before["content"] != after["content"],
        }

    def _of(self, function_id: str) -> list[Document]:
        return [version for version in self._versions.documents() if version["function_id"] == function_id]
