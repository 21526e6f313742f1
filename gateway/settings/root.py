"""All settings of the gateway, by table."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from gateway.settings.answers import AnswerSettings
from gateway.settings.auth import AuthSettings
from gateway.settings.callers import CallerSettings
from gateway.settings.documents import DocumentSettings
from gateway.settings.limits import LimitSettings, UploadSettings, WebSocketSettings
from gateway.settings.links import LinkKind, LinkSettings
from gateway.settings.observability import MetricsSettings, TracingSettings
from gateway.settings.peers import Origins, Proxies
from gateway.settings.secret import Secret
from gateway.settings.stores import Store
from gateway.settings.streams import EventStreamSettings, MultipartSubscriptionSettings
from gateway.settings.tables import MIB, NonNegativeFloat, PositiveFloat, PositiveInt, Table
from gateway.settings.upstreams import DeploymentSettings, FunctionAdminSettings, InvokeSettings, PredictionSettings


class Settings(Table, frozen=True, dict=True):
    """All settings of the gateway."""

    environment: Annotated[
        Literal["development", "production"],
        "`production` turns off `introspection`, `suggestions` and `page`, if unset",
    ] = "development"
    introspection: Annotated[bool | None, "answer what the schema is (`__schema`, `__type`)"] = None
    suggestions: Annotated[bool | None, "say which name a wrong one is close to"] = None
    page: Annotated[bool | None, "serve the pages to explore in, and `/openapi.json`"] = None
    host: Annotated[str, "address to listen on"] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535), "port to listen on; 0 takes a free one"] = 8000
    workers: Annotated[
        int, Meta(ge=1, le=256), "processes that serve; more than 1 have a parent that keeps them running"
    ] = 1
    log_level: Annotated[Literal["debug", "info", "warning", "error"], "least level of what is logged"] = "info"
    max_body_bytes: Annotated[PositiveInt, "largest request body"] = 16 * MIB
    body_timeout_s: Annotated[PositiveFloat, "seconds for a request body to come in"] = 30.0
    keep_alive_s: Annotated[
        PositiveInt, "seconds that a connection stays open for its next request; a proxy's must be shorter"
    ] = 75
    shutdown_delay_s: Annotated[
        NonNegativeFloat, "seconds after SIGTERM in which it still listens, while `/readyz` says 503"
    ] = 0.0
    shutdown_timeout_s: Annotated[PositiveInt, "seconds for running requests after that"] = 10
    allowed_origins: Annotated[
        Origins,
        "origins besides the gateway's own whose pages may read answers (CORS) and open a WebSocket, such "
        "as https://app.example.com; `*` for all",
    ] = []
    require_preflight_on_get: Annotated[
        bool, "run a query by GET only with a header that pages of other sites need leave to send"
    ] = True
    trusted_proxies: Annotated[
        Proxies,
        "addresses and networks of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; `*` for all",
    ] = []
    share_queries: Annotated[bool, "let identical queries of one caller that are in flight share one execution"] = True
    twins_folder: Annotated[
        Path | None, "folder of further REST twins (docs/rest.md); they win over the gateway's own"
    ] = None
    store: Annotated[
        Store | None,
        "Valkey or Redis that all copies share (docs/store.md), such as `redis://:password@host:6379/0`; "
        "`rediss` for TLS; without one, each copy counts and keeps by itself",
    ] = None
    store_prefix: Annotated[
        str,
        Meta(pattern=r"^[\x21-\x7e]{1,64}\Z"),
        "what its names begin with; one for all copies of a gateway, and another for another gateway",
    ] = "fngraph:"
    store_timeout_s: Annotated[PositiveFloat, "seconds that a request waits for it before all go on without it"] = 0.05
    store_secret: Annotated[
        Secret[str] | None,
        "key of the hashes in its names and of its seals, the same for all copies; unset, the password",
    ] = None
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
        return {(kind, key): link for link in self.links for kind, key in link.names().items()}

    def link_of(self, kind: LinkKind, key: str) -> LinkSettings | None:
        """The link that names this thing; the last one, if several do."""
        return self._links.get((kind, key))
