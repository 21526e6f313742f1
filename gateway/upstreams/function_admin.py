"""The function administration upstream: Open WebUI functions.

Source: the vendor's page "Functions API" and the recordings of 0.6.43 to 0.12.4. The server has one status for
several things: 401 means unknown, forbidden or not found, told apart by ``detail`` alone; wrong paths are web pages
with a status of 200.
"""

from __future__ import annotations

import builtins
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import msgspec

from gateway.errors import BadInput, Conflict, Forbidden, GatewayError, NotFound, Unauthenticated
from gateway.settings import FunctionAdminSettings
from gateway.upstreams.http import Api, segment


class FunctionType(Enum):
    PIPE = "pipe"
    FILTER = "filter"
    ACTION = "action"
    EVENT = "event"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> FunctionType:
        return cls.UNKNOWN


class Owner(msgspec.Struct):
    id: str
    name: str
    role: str
    email: str


class Function(msgspec.Struct):
    """A stored function. ``content``, ``user`` and ``valves`` are unset where the endpoint does not send them.

    ``meta`` keeps every key that was stored; ``manifest`` in it is the front matter of the content.
    """

    id: str
    user_id: str | None
    name: str
    type: FunctionType
    meta: dict[str, Any]
    is_active: bool
    is_global: bool
    updated_at: int
    created_at: int
    version_id: str | None = None
    content: str | msgspec.UnsetType = msgspec.UNSET
    user: Owner | msgspec.UnsetType | None = msgspec.UNSET
    valves: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET

    @property
    def updated(self) -> datetime:
        """``updated_at`` is in epoch seconds."""
        return datetime.fromtimestamp(self.updated_at, UTC)

    @property
    def created(self) -> datetime:
        """``created_at`` is in epoch seconds."""
        return datetime.fromtimestamp(self.created_at, UTC)


_OBJECT_OR_NULL: Any = dict[str, Any] | None


class FunctionForm(msgspec.Struct):
    """The body of create and update; on update the ``id`` in it is ignored by the server."""

    id: str
    name: str
    content: str
    meta: dict[str, Any]
    commit_message: str | msgspec.UnsetType | None = msgspec.UNSET


class FunctionAdminClient:
    """One caller's view. Raises ``gateway.errors``; a look-up that finds nothing is None."""

    def __init__(self, api: Api, settings: FunctionAdminSettings) -> None:
        self._api = api
        self._prefix = settings.prefix

    async def list(self) -> list[Function]:
        """``GET /list``: all functions with their owners, newest change first."""
        return await self._api.get(f"{self._prefix}/list", list[Function])

    async def export(self, include_valves: bool) -> builtins.list[Function]:
        """``GET /export``: all functions with their content, and the valves that are set."""
        query = {"include_valves": str(include_valves).lower()}
        return await self._api.get(f"{self._prefix}/export", builtins.list[Function], query)

    async def get(self, function_id: str) -> Function | None:
        """``GET /id/{id}``: one function with its content."""
        return await self._api.find(self._path(function_id), Function)

    async def valves(self, function_id: str) -> dict[str, Any]:
        """``GET /id/{id}/valves``: the values that are set; defaults are not filled in."""
        found: dict[str, Any] | None = await self._api.get(self._path(function_id, "/valves"), _OBJECT_OR_NULL)
        return found or {}

    async def valves_schema(self, function_id: str) -> dict[str, Any] | None:
        """``GET /id/{id}/valves/spec``: JSON Schema; None without a ``Valves`` class."""
        found: dict[str, Any] | None = await self._api.get(self._path(function_id, "/valves/spec"), _OBJECT_OR_NULL)
        return found

    async def create(self, form: FunctionForm) -> Function:
        """``POST /create``: the new function, inactive and not global, without its content."""
        return await self._api.json("POST", f"{self._prefix}/create", Function, body=form)

    async def update(self, function_id: str, form: FunctionForm) -> Function:
        """``POST /id/{id}/update``: replaces name, content and meta; switches and valves stay."""
        return await self._api.json("POST", self._path(function_id, "/update"), Function, body=form)

    async def delete(self, function_id: str) -> bool:
        """``DELETE /id/{id}/delete``: true, also for an id that never existed."""
        return await self._api.json("DELETE", self._path(function_id, "/delete"), bool)

    async def toggle(self, function_id: str) -> Function:
        """``POST /id/{id}/toggle``: flips ``is_active``, blindly."""
        return await self._api.json("POST", self._path(function_id, "/toggle"), Function)

    def _path(self, function_id: str, action: str = "") -> str:
        return f"{self._prefix}/id/{segment(function_id)}{action}"


def credential_header(secret: str) -> dict[str, str]:
    """A JWT or an ``sk-`` key."""
    return {"Authorization": f"Bearer {secret}"}


class _Problem(msgspec.Struct):
    loc: list[str | int]
    msg: str


class _Refusal(msgspec.Struct):
    detail: str | list[_Problem]


# Beginnings of ``detail`` that decide, whatever the status; the recordings hold each of them.
_DETAILS: tuple[tuple[str, type[GatewayError]], ...] = (
    ("We could not find what you're looking for", NotFound),
    ("Function not found", NotFound),
    ("You do not have permission", Forbidden),
    ("API key not allowed", Forbidden),
    ("Uh-oh! This id is already registered", Conflict),
)


def explain(status: int, body: bytes) -> GatewayError | str | None:
    """The vendor's ``detail``: a text, or for a 422 a list of problems (whose ``input`` is never relayed)."""
    try:
        detail = msgspec.json.decode(body, type=_Refusal).detail
    except msgspec.MsgspecError:
        return None
    if isinstance(detail, list):
        return BadInput("; ".join(f"{'.'.join(map(str, p.loc))}: {p.msg}" for p in detail)[:500])
    for beginning, kind in _DETAILS:
        if detail.startswith(beginning):
            return kind(detail)
    return Unauthenticated(detail) if status == 401 else detail


def probe_path(settings: FunctionAdminSettings) -> str:
    """Where to see whether the upstream answers; needs no credential."""
    return "/health"
