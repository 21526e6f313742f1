"""The client of Open WebUI's functions API. Source: the vendor's page "Functions API" and recordings of 0.6.43 to
0.12.4. Wrong paths are web pages with a status of 200; the HTTP layer refuses them.
"""

from __future__ import annotations

import asyncio
import builtins
from typing import Any, TypeVar

from gateway.errors import Forbidden
from gateway.settings import ForwardCredential, FunctionAdminSettings, PerUserCredential
from gateway.upstreams.api import Api
from gateway.upstreams.function_admin.load_addresses import final_address
from gateway.upstreams.function_admin.records import (
    Function,
    FunctionForm,
    FunctionParts,
    LoadedFunction,
    SyncedFunction,
    Version,
    VersionDiff,
)
from gateway.upstreams.function_admin.refusals import explain, explain_load
from gateway.upstreams.function_admin.shared import Shared
from gateway.upstreams.requests import segment

__all__ = ["FunctionAdminClient", "credential_header", "explain", "probe_path"]

T = TypeVar("T")

_OBJECT_OR_NULL: Any = dict[str, Any] | None


class FunctionAdminClient:
    """One caller's view. Raises ``gateway.errors``; a look-up that finds nothing is None."""

    def __init__(self, api: Api, settings: FunctionAdminSettings, shared: Shared) -> None:
        self._api = api
        self._settings = settings
        self._prefix = settings.prefix
        self._shared = shared

    def changing(self, function_id: str) -> asyncio.Lock:
        """To hold while a function is read and then changed; the server puts ids in lower case when it makes them."""
        return self._shared.locks.of(function_id.lower())

    @property
    def changing_own(self) -> asyncio.Lock:
        """To hold while the caller's own valves are read and then changed: they are all one record of its account."""
        return self._shared.own_locks.of(self._api.account or "")

    @property
    def syncing(self) -> asyncio.Lock:
        """To hold while all functions are compared and then replaced."""
        return self._shared.syncing

    def plain_valves(self, content: str) -> frozenset[str]:
        """The valves that are surely no passwords, by the function's content."""
        return self._shared.plain_valves.of(content)

    async def visible(self) -> list[Function]:
        """``GET /``: all functions as any verified user may see them, without content and owner."""
        return await self._api.get(f"{self._prefix}/", list[Function])

    async def list(self) -> builtins.list[Function]:
        """``GET /list``: all functions with their owners, newest change first."""
        return await self._api.get(f"{self._prefix}/list", builtins.list[Function])

    async def export(self, include_valves: bool) -> builtins.list[Function]:
        """``GET /export``: all functions with their content, and the valves that are set."""
        return await self._exported(include_valves, builtins.list[Function])

    async def parts(self, include_valves: bool) -> builtins.list[FunctionParts]:
        """``GET /export``, of which the rest is passed over."""
        return await self._exported(include_valves, builtins.list[FunctionParts])

    async def get(self, function_id: str) -> Function | None:
        """``GET /id/{id}``: one function with its content."""
        return await self._api.find(self._path(function_id), Function)

    async def create(self, form: FunctionForm) -> Function:
        """``POST /create``: the new function, inactive and not global, without its content.

        Creates of one id at the same time would be refused without saying why, so they wait for each other.
        """
        async with self.changing(form.id):
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

    async def toggle_global(self, function_id: str) -> Function:
        """``POST /id/{id}/toggle/global``: flips ``is_global``, blindly."""
        return await self._api.json("POST", self._path(function_id, "/toggle/global"), Function)

    async def valves(self, function_id: str) -> dict[str, Any]:
        """``GET /id/{id}/valves``: the values that are set; defaults are not filled in."""
        return await self._object(self._path(function_id, "/valves")) or {}

    async def valves_schema(self, function_id: str) -> dict[str, Any] | None:
        """``GET /id/{id}/valves/spec``: JSON Schema; None without a ``Valves`` class."""
        return await self._object(self._path(function_id, "/valves/spec"))

    async def update_valves(self, function_id: str, values: dict[str, Any]) -> dict[str, Any]:
        """``POST /id/{id}/valves/update``: replaces all; the values as they are stored."""
        return await self._stored(self._path(function_id, "/valves/update"), values)

    async def user_valves(self, function_id: str) -> dict[str, Any]:
        """``GET /id/{id}/valves/user``: the values that the caller has set. Raises ``Forbidden`` as all of these do."""
        self._require_own_credential()
        return await self._object(self._path(function_id, "/valves/user")) or {}

    async def user_valves_schema(self, function_id: str) -> dict[str, Any] | None:
        """``GET /id/{id}/valves/user/spec``: JSON Schema; None without a ``UserValves`` class, or while inactive."""
        self._require_own_credential()
        return await self._object(self._path(function_id, "/valves/user/spec"))

    async def update_user_valves(self, function_id: str, values: dict[str, Any]) -> dict[str, Any]:
        """``POST /id/{id}/valves/user/update``: replaces all of the caller's; the values as they are stored."""
        self._require_own_credential()
        return await self._stored(self._path(function_id, "/valves/user/update"), values)

    async def sync(self, functions: builtins.list[SyncedFunction]) -> builtins.list[Function]:
        """``POST /sync``: makes the server's functions these, and deletes all others; nothing happens if one fails."""
        body = {"functions": functions}
        return await self._api.json("POST", f"{self._prefix}/sync", builtins.list[Function], body=body)

    async def load(self, address: str) -> LoadedFunction:
        """``POST /load/url``: code from an address, which the server itself reads; nothing is stored.

        Raises ``BadInput`` for an address that is not allowed, and for one that the server could not read.
        """
        body = {"url": await final_address(address, self._settings)}
        answer = await self._api.exchange("POST", f"{self._prefix}/load/url", body=body)
        refusal = explain_load(answer.body) if answer.status >= 400 else None
        if refusal is not None:
            raise refusal
        return self._api.decode(self._api.accepted(answer), LoadedFunction)

    async def history(self, function_id: str, page: int) -> builtins.list[Version]:
        """``GET /id/{id}/history``: 20 versions, newest first, without their snapshots; ``page`` counts from 1."""
        path = self._path(function_id, "/history")
        return await self._api.get(path, builtins.list[Version], {"page": str(page)})

    async def version(self, function_id: str, version_id: str) -> Version | None:
        """``GET /id/{id}/history/{version}``: one version with its snapshot."""
        return await self._api.find(self._path(function_id, f"/history/{segment(version_id)}"), Version)

    async def diff(self, function_id: str, from_id: str, to_id: str) -> VersionDiff | None:
        """``GET /id/{id}/history/diff``: what changed from one version to another."""
        query = {"from_id": from_id, "to_id": to_id}
        return await self._api.find(self._path(function_id, "/history/diff"), VersionDiff, query)

    async def set_version(self, function_id: str, version_id: str) -> Function:
        """``POST /id/{id}/update/version``: name, content and meta of that version are current again."""
        path = self._path(function_id, "/update/version")
        return await self._api.json("POST", path, Function, body={"version_id": version_id})

    async def delete_version(self, function_id: str, version_id: str) -> bool:
        """``DELETE /id/{id}/history/{version}``: true. Raises ``Conflict`` for the current version."""
        return await self._api.json("DELETE", self._path(function_id, f"/history/{segment(version_id)}"), bool)

    async def _exported(self, include_valves: bool, record: type[T]) -> T:
        query = {"include_valves": str(include_valves).lower()}
        return await self._api.get(f"{self._prefix}/export", record, query)

    async def _object(self, path: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = await self._api.get(path, _OBJECT_OR_NULL)
        return found

    async def _stored(self, path: str, values: dict[str, Any]) -> dict[str, Any]:
        stored: dict[str, Any] | None = await self._api.json("POST", path, _OBJECT_OR_NULL, body=values)
        return stored or {}

    def _require_own_credential(self) -> None:
        """User valves belong to an account: with one credential for all callers it would be the gateway's."""
        if not isinstance(self._settings.credential, ForwardCredential | PerUserCredential):
            raise Forbidden(
                "User valves need a credential of the caller's own, and this gateway has one for all.",
                service="function_admin",
            )

    def _path(self, function_id: str, action: str = "") -> str:
        return f"{self._prefix}/id/{segment(function_id)}{action}"


def credential_header(secret: str) -> dict[str, str]:
    """A JWT or an ``sk-`` key."""
    return {"Authorization": f"Bearer {secret}"}


def probe_path(settings: FunctionAdminSettings) -> str:
    """Where to see whether the upstream answers; needs no credential."""
    return "/health"
