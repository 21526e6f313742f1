"""All settings of the gateway, by table."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt

from gateway.settings.auth import AuthSettings
from gateway.settings.limits import LimitSettings, UploadSettings, WebSocketSettings
from gateway.settings.links import LinkKind, LinkSettings
from gateway.settings.tables import MIB, Table
from gateway.settings.upstreams import DeploymentSettings, FunctionAdminSettings, InvokeSettings, PredictionSettings


class Settings(Table):
    """All settings of the gateway."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    max_body_bytes: PositiveInt = Field(default=16 * MIB, description="largest request body")
    shutdown_timeout_s: PositiveInt = Field(default=10, description="seconds for running requests at shutdown")
    allowed_origins: list[str] = Field(
        default=[],
        description="origins besides the gateway's own whose pages may open a WebSocket, such as https://app.example.com",
    )
    twins_folder: Path | None = Field(
        default=None, description="folder of further REST twins (docs/rest.md); they win over the gateway's own"
    )
    limits: LimitSettings = LimitSettings()
    websocket: WebSocketSettings = WebSocketSettings()
    prediction: PredictionSettings = PredictionSettings()
    deployment: DeploymentSettings = DeploymentSettings()
    function_admin: FunctionAdminSettings = FunctionAdminSettings()
    invoke: InvokeSettings = InvokeSettings()
    uploads: UploadSettings = UploadSettings()
    auth: AuthSettings = AuthSettings()
    links: list[LinkSettings] = []

    @cached_property
    def _links(self) -> dict[tuple[str, str], LinkSettings]:
        return {(kind, key): link for link in self.links for kind, key in link.model_dump(exclude_none=True).items()}

    def link_of(self, kind: LinkKind, key: str) -> LinkSettings | None:
        """The link that names this thing; the last one, if several do."""
        return self._links.get((kind, key))
