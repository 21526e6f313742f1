"""The bodies and queries of Open WebUI 0.12.4's functions API, and the members of its answers in the order sent."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, HttpUrl

RESPONSE_MEMBERS = (
    *("version_id", "id", "user_id", "type", "name", "meta"),
    *("is_active", "is_global", "updated_at", "created_at"),
)
MODEL_MEMBERS = (
    *("version_id", "id", "user_id", "name", "type", "content", "meta"),
    *("is_active", "is_global", "updated_at", "created_at"),
)
MODEL_WITH_VALVES_MEMBERS = (
    *("version_id", "id", "user_id", "name", "type", "content", "meta", "valves"),
    *("is_active", "is_global", "updated_at", "created_at"),
)
HISTORY_MEMBERS = ("id", "function_id", "parent_id", "user_id", "commit_message", "created_at")


class FunctionMeta(BaseModel):
    model_config = ConfigDict(extra="allow")

    description: str | None = None
    manifest: dict[str, Any] | None = {}


class FunctionForm(BaseModel):
    id: str
    name: str
    content: str
    meta: FunctionMeta
    commit_message: str | None = None


class FunctionWithValvesModel(BaseModel):
    version_id: str | None = None
    id: str
    user_id: str | None = None
    name: str
    type: str
    content: str
    meta: FunctionMeta
    valves: dict[str, Any] | None = None
    is_active: bool = False
    is_global: bool = False
    updated_at: int
    created_at: int


class SyncFunctionsForm(BaseModel):
    functions: list[FunctionWithValvesModel] = []


class LoadUrlForm(BaseModel):
    url: HttpUrl


class FunctionVersionForm(BaseModel):
    version_id: str


class ExportQuery(BaseModel):
    include_valves: bool = False


class HistoryQuery(BaseModel):
    page: int = 1


class DiffQuery(BaseModel):
    from_id: str
    to_id: str
