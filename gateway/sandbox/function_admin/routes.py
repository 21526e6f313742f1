"""The routes of Open WebUI 0.12.4's functions API, and the three that tell whether and as what the server runs."""

from __future__ import annotations

from aiohttp import web

from gateway.sandbox.function_admin import models
from gateway.sandbox.function_admin.endpoints import Call, delete, get, post
from gateway.sandbox.function_admin.function_valves import FunctionValves
from gateway.sandbox.function_admin.functions import Functions
from gateway.sandbox.function_admin.load_url import load_url
from gateway.sandbox.function_admin.users import Users
from gateway.sandbox.function_admin.wire import answer, page_or_405
from gateway.sandbox.store import Document

VERSION = {"version": "0.12.4", "deployment_id": ""}


class FunctionRoutes:
    def __init__(self, users: Users, functions: Functions, valves: FunctionValves) -> None:
        self._users = users
        self._functions = functions
        self._valves = valves

    def routes(self) -> list[web.RouteDef]:
        admin, verified = self._users.admin, self._users.caller
        return [
            get("/", verified, self._all),
            get("/list", admin, self._list),
            get("/export", admin, self._export, models.ExportQuery),
            post("/create", admin, self._create, models.FunctionForm),
            post("/sync", admin, self._sync, models.SyncFunctionsForm),
            post("/load/url", admin, self._load_url, models.LoadUrlForm),
            get("/id/{id}", admin, self._by_id),
            post("/id/{id}/update", admin, self._update, models.FunctionForm),
            post("/id/{id}/toggle", admin, self._toggle),
            post("/id/{id}/toggle/global", admin, self._toggle_global),
            delete("/id/{id}/delete", admin, self._delete),
            get("/id/{id}/valves", admin, self._get_valves),
            get("/id/{id}/valves/spec", admin, self._valves_spec),
            post("/id/{id}/valves/update", admin, self._update_valves, dict),
            get("/id/{id}/valves/user", verified, self._user_valves),
            get("/id/{id}/valves/user/spec", verified, self._user_valves_spec),
            post("/id/{id}/valves/user/update", verified, self._update_user_valves, dict),
            get("/id/{id}/history", admin, self._history, models.HistoryQuery),
            get("/id/{id}/history/diff", admin, self._history_diff, models.DiffQuery),
            get("/id/{id}/history/{history_id}", admin, self._history_entry),
            delete("/id/{id}/history/{history_id}", admin, self._delete_history_entry),
            post("/id/{id}/update/version", admin, self._set_version, models.FunctionVersionForm),
            web.get("/health", _healthy, allow_head=False),
            web.get("/ready", _healthy, allow_head=False),
            web.get("/api/version", _version, allow_head=False),
            web.route("*", "/{path:.*}", page_or_405),
        ]

    async def _all(self, _: Call) -> list[Document]:
        return [_members(row, models.RESPONSE_MEMBERS) for row in self._functions.all()]

    async def _list(self, _: Call) -> list[Document]:
        rows = self._functions.newest_first()
        return [_members(row, models.RESPONSE_MEMBERS) | {"user": self._users.record(row["user_id"])} for row in rows]

    async def _export(self, call: Call) -> list[Document]:
        members = models.MODEL_WITH_VALVES_MEMBERS if call.form.include_valves else models.MODEL_MEMBERS
        return [_members(row, members) for row in self._functions.all()]

    async def _create(self, call: Call) -> Document:
        return _members(self._functions.create(call.form, call.user), models.RESPONSE_MEMBERS)

    async def _sync(self, call: Call) -> list[Document]:
        rows = self._functions.sync(call.form.functions, call.user)
        return [_members(row, models.MODEL_WITH_VALVES_MEMBERS) for row in rows]

    async def _load_url(self, call: Call) -> dict[str, str]:
        return await load_url(call.form.url)

    async def _by_id(self, call: Call) -> Document:
        return _members(self._functions.get(call.id), models.MODEL_MEMBERS)

    async def _update(self, call: Call) -> Document:
        return _members(self._functions.update(call.id, call.form, call.user), models.MODEL_MEMBERS)

    async def _toggle(self, call: Call) -> Document:
        return _members(self._functions.flip(call.id, "is_active"), models.MODEL_MEMBERS)

    async def _toggle_global(self, call: Call) -> Document:
        return _members(self._functions.flip(call.id, "is_global"), models.MODEL_MEMBERS)

    async def _delete(self, call: Call) -> bool:
        self._functions.delete(call.id)
        return True

    async def _get_valves(self, call: Call) -> Document:
        return self._valves.get(call.id)

    async def _valves_spec(self, call: Call) -> Document | None:
        return self._valves.spec(call.id)

    async def _update_valves(self, call: Call) -> Document:
        return self._valves.update(call.id, call.form)

    async def _user_valves(self, call: Call) -> Document:
        return self._valves.get_of_user(call.id, call.user)

    async def _user_valves_spec(self, call: Call) -> Document | None:
        return self._valves.spec_of_user(call.id)

    async def _update_user_valves(self, call: Call) -> Document:
        return self._valves.update_of_user(call.id, call.form, call.user)

    async def _history(self, call: Call) -> list[Document]:
        function = self._versioned(call)
        return [self._version(entry) for entry in self._functions.history.page(function["id"], call.form.page)]

    async def _history_diff(self, call: Call) -> Document:
        function = self._versioned(call)
        return self._functions.history.diff(function["id"], call.form.from_id, call.form.to_id)

    async def _history_entry(self, call: Call) -> Document:
        entry = self._functions.history.entry(self._versioned(call)["id"], call.history_id)
        return self._version(entry) | {"snapshot": entry["snapshot"]}

    async def _delete_history_entry(self, call: Call) -> bool:
        self._functions.history.delete(self._versioned(call), call.history_id)
        return True

    async def _set_version(self, call: Call) -> Document:
        return _members(self._functions.set_version(call.id, call.form.version_id), models.MODEL_MEMBERS)

    def _versioned(self, call: Call) -> Document:
        return self._functions.get(call.id, 404, "Not found")

    def _version(self, entry: Document) -> Document:
        return _members(entry, models.HISTORY_MEMBERS) | {"user": self._users.name(entry["user_id"])}


def _members(row: Document, members: tuple[str, ...]) -> Document:
    return {member: row[member] for member in members}


async def _healthy(request: web.Request) -> web.Response:
    return answer(request, {"status": True})


async def _version(request: web.Request) -> web.Response:
    return answer(request, VERSION)
