"""Function records: what is stored, how time changes it, and the two shapes the management API shows.

Source: the record that ``get_deployment`` of the SDK accepts and its model of a list row, which knows neither
``streaming`` nor the inference keys.
"""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Any

from gateway.sandbox.store import Collection, Document

ADDRESSED = ("ACTIVE", "INACTIVE")
ROW_KEYS = ("id", "title", "description", "status", "created_at", "updated_at", "auth")
ROW_ENDPOINT_KEYS = ("name", "method", "route", "description")


class Functions:
    """The function services. ``creating_s``: how long one stays CREATING once its record is read."""

    def __init__(self, stored: Collection, creating_s: float) -> None:
        self._stored = stored
        self._creating_s = creating_s
        self._first_read_s: dict[str, float] = {}

    def all(self) -> list[Document]:
        return [self._as_of_now(function) for function in self._stored.documents()]

    def find(self, function_id: str) -> Document | None:
        function = self._stored.get(function_id)
        return None if function is None else self._as_of_now(function)

    def read(self, function_id: str) -> Document | None:
        """As ``find``, and from now on the time counts of a service that is CREATING."""
        if function_id in self._stored:
            self._first_read_s.setdefault(function_id, time.monotonic())
        return self.find(function_id)

    def tear_down(self, function: Document) -> None:
        self._change(function, status="INACTIVE", updated_at=now())

    def add_key(self, function: Document) -> Document:
        """A new inference key, at the end of the list."""
        keys = function["inference_keys"]
        key = new_key(1 + max((key["id"] for key in keys), default=0), now())
        self._change(function, inference_keys=[*keys, key])
        return key

    def delete_key(self, function: Document, key_id: str) -> bool:
        """Whether there was such a key."""
        keys = function["inference_keys"]
        kept = [key for key in keys if str(key["id"]) != key_id]
        self._change(function, inference_keys=kept)
        return len(kept) < len(keys)

    def mark_used(self, function: Document, key_id: int) -> None:
        keys = [{**key, "last_used": now()} if key["id"] == key_id else key for key in function["inference_keys"]]
        self._change(function, inference_keys=keys)

    def _change(self, function: Document, **members: Any) -> None:
        """Keep these members; the status as of now is not one of them, unless named."""
        self._stored[function["id"]] = self._stored[function["id"]] | members

    def _as_of_now(self, function: Document) -> Document:
        first_read_s = self._first_read_s.get(function["id"])
        if function["status"] != "CREATING" or first_read_s is None:
            return function
        settled = time.monotonic() - first_read_s >= self._creating_s
        return {**function, "status": "ACTIVE"} if settled else function


def new_key(key_id: int, created_at: str) -> Document:
    return {"id": key_id, "key": secrets.token_hex(16), "created_at": created_at, "last_used": None}


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def record(function: Document, origin: str) -> Document:
    """What ``GET /functions/{id}`` shows; ``invoke_url`` stays after a teardown and is null before the first start."""
    address = f"{origin}/svc/0{function['id']}"
    return {
        **function,
        "invoke_url": address if function["status"] in ADDRESSED else None,
        "inference_keys": [{"id": key["id"], "key": key["key"]} for key in function["inference_keys"]],
    }


def row(function: Document) -> Document:
    """What ``GET /functions`` shows of each."""
    endpoints = [{key: each[key] for key in ROW_ENDPOINT_KEYS if key in each} for each in function["endpoints"]]
    return {**{key: function[key] for key in ROW_KEYS}, "tags": function["tags"] or [], "endpoints": endpoints}
