"""All settings of the gateway, by table."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr

from gateway.settings.answers import AnswerSettings
from gateway.settings.auth import AuthSettings
from gateway.settings.callers import CallerSettings
from gateway.settings.documents import DocumentSettings
from gateway.settings.limits import LimitSettings, UploadSettings, WebSocketSettings
from gateway.settings.links import LinkKind, LinkSettings
from gateway.settings.observability import MetricsSettings, TracingSettings
from gateway.settings.peers import Origins, Proxies
from gateway.settings.stores import Store
from gateway.settings.streams import EventStreamSettings, MultipartSubscriptionSettings
from gateway.settings.tables import MIB, Table
from gateway.settings.upstreams import DeploymentSettings, FunctionAdminSettings, InvokeSettings, PredictionSettings


class Settings(Table):
    """All settings of the gateway."""

    environment: Literal["development", "production"] = Field(
        default="development", description="`production` turns off `introspection`, `suggestions` and `page`, if unset"
    )
    introspection: bool | None = Field(default=None, description="answer what the schema is (`__schema`, `__type`)")
    suggestions: bool | None = Field(default=None, description="say which name a wrong one is close to")
    page: bool | None = Field(default=None, description="serve the pages to explore in, and `/openapi.json`")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    workers: int = Field(
        default=1, ge=1, le=256, description="processes that serve; more than 1 have a parent that keeps them running"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least level of what is logged"
    )
    max_body_bytes: PositiveInt = Field(default=16 * MIB, description="largest request body")
    body_timeout_s: PositiveFloat = Field(default=30.0, description="seconds for a request body to come in")
    keep_alive_s: PositiveInt = Field(
        default=75, description="seconds that a connection stays open for its next request; a proxy's must be shorter"
    )
    shutdown_delay_s: float = Field(
        default=0.0, ge=0, description="seconds after SIGTERM in which it still listens, while `/readyz` says 503"
    )
    shutdown_timeout_s: PositiveInt = Field(default=10, description="seconds for running requests after that")
    allowed_origins: Origins = Field(
        default=[],
        description="origins besides the gateway's own whose pages may read answers (CORS) and open a WebSocket, such "
        "as https://app.example.com; `*` for all",
    )
    require_preflight_on_get: bool = Field(
        default=True, description="run a query by GET only with a header that pages of other sites need leave to send"
    )
    trusted_proxies: Proxies = Field(
        default=[],
        description="addresses and networks of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; "
        "`*` for all",
    )
    share_queries: bool = Field(
        default=True, description="let identical queries of one caller that are in flight share one execution"
    )
    twins_folder: Path | None = Field(
        default=None, description="folder of further REST twins (docs/rest.md); they win over the gateway's own"
    )
    store: Store | None = Field(
        default=None,
        description="Valkey or Redis that all copies share (docs/store.md), such as `redis://:password@host:6379/0`; "
        "`rediss` for TLS; without one, each copy counts and keeps by itself",
    )
    store_prefix: str = Field(
        default="fngraph:",
        pattern=r"^[\x21-\x7e]{1,64}$",
        description="what its names begin with; one for all copies of a gateway, and another for another gateway",
    )
    store_timeout_s: PositiveFloat = Field(
        default=0.05, description="seconds that a request waits for it before all go on without it"
    )
    store_secret: SecretStr | None = Field(
        default=None,
        description="key of the hashes in its names and of its seals, the same for all copies; unset, the password",
    )
    limits: LimitSettings = LimitSettings()
    answers: AnswerSettings = AnswerSettings()
    callers: CallerSettings = CallerSettings()
    documents: DocumentSettings = DocumentSettings()
    websocket: WebSocketSettings = WebSocketSettings()
    event_stream: EventStreamSettings = EventStreamSettings()
    multipart_subscription: MultipartSubscriptionSettings = MultipartSubscriptionSettings()
    prediction: PredictionSettings = PredictionSettings()
    deployment: DeploymentSettings = DeploymentSettings()
    function_admin: FunctionAdminSettings = FunctionAdminSettings()
    invoke: InvokeSettings = InvokeSettings()
    uploads: UploadSettings = UploadSettings()
    auth: AuthSettings = AuthSettings()
    metrics: MetricsSettings = MetricsSettings()
    tracing: TracingSettings = TracingSettings()
    links: list[LinkSettings] = []

    @property
    def introspection_on(self) -> bool:
        return self._on(self.introspection)

    @property
    def suggestions_on(self) -> bool:
        return self._on(self.suggestions)

    @property
    def page_on(self) -> bool:
        return self._on(self.page)

    def _on(self, single: bool | None) -> bool:
        return self.environment == "development" if single is None else single

    @cached_property
    def _links(self) -> dict[tuple[str, str], LinkSettings]:
        return {(kind, key): link for link in self.links for kind, key in link.model_dump(exclude_none=True).items()}

    def link_of(self, kind: LinkKind, key: str) -> LinkSettings | None:
        """The link that names this thing; the last one, if several do."""
        return self._links.get((kind, key))
