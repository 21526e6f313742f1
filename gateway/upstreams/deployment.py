"""The deployment upstream: Covalent Cloud function services.

Two hosts, two keys: the management API takes the account key; a service, at the ``invoke_url`` of its record, takes an
inference key of that record, and never the account key. Source: docs.covalent.xyz, "Deploy and serve"; the SDK
covalent-cloud 1.4.4.
"""

from __future__ import annotations

from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import msgspec

from gateway.errors import BadInput, Conflict, Forbidden, NotFound, UpstreamInvalid
from gateway.settings import DeploymentSettings
from gateway.upstreams.http import Api, segment


class DeploymentStatus(Enum):
    NEW_OBJECT = "NEW_OBJECT"
    CREATING = "CREATING"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def _missing_(cls, value: object) -> DeploymentStatus:
        return cls.UNKNOWN


class Endpoint(msgspec.Struct):
    """``streaming`` is known from a deployment's own record only, not from a list."""

    route: str
    method: str
    name: str | None = None
    description: str | None = None
    streaming: bool | None = None


class InferenceKey(msgspec.Struct):
    key: str | None = None


class Deployment(msgspec.Struct):
    """A row of a list. Times are ISO 8601 texts, as the vendor writes them."""

    id: str
    title: str
    status: DeploymentStatus
    description: str | None = None
    tags: list[str] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class DeploymentDetails(Deployment, kw_only=True):
    """A deployment's own record."""

    invoke_url: str | None
    auth: bool | None
    endpoints: list[Endpoint]
    inference_keys: list[InferenceKey] = []
    error: str | None = None
    stderr: str | None = None


class _Metadata(msgspec.Struct):
    total_count: int | None = None


class DeploymentPage(msgspec.Struct):
    records: list[Deployment]
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


class DeploymentClient:
    """One caller's view. Raises ``gateway.errors``; a look-up that finds nothing is None."""

    def __init__(self, api: Api, settings: DeploymentSettings) -> None:
        self._api = api
        self._settings = settings

    async def get(self, deployment_id: str) -> DeploymentDetails | None:
        """``GET /functions/{id}``."""
        path = f"{self._settings.prefix}/functions/{segment(deployment_id)}"
        return await self._api.find(path, DeploymentDetails)

    async def list(
        self, search: str | None, status: DeploymentStatus | None, page: int, count: int
    ) -> list[Deployment]:
        """``GET /functions``, newest first; ``page`` counts from 0, in pages of ``count``."""
        query = {"count": str(count), "page": str(page), "direction": "DESC", "sort": "created_at"}
        if search:
            query["search"] = search
        if status:
            query["status"] = status.value
        answer = await self._api.get(f"{self._settings.prefix}/functions", DeploymentPage, query)
        return answer.records

    async def invoke(self, record: DeploymentDetails, route: str, method: str | None, arguments: dict[str, Any]) -> Any:
        """``{method} {invoke_url}{route}`` with the keyword arguments as a JSON object, also on GET.

        Raises ``NotFound`` for a route that the record does not name, ``Conflict`` while the service has no address,
        and ``Forbidden`` when its address is not on an allowed host.
        """
        endpoint = _endpoint(record, route, method)
        if record.invoke_url is None:
            raise Conflict(f"The deployment is {record.status.value} and has no address yet.", service="deployment")
        if not host_allowed(record.invoke_url, self._settings):
            raise Forbidden("The deployment's address is not on an allowed host.", service="deployment")
        answer = await self._api.send(
            endpoint.method,
            _path(endpoint.route),
            url=record.invoke_url.rstrip("/"),
            body=arguments,
            headers=_inference_key(record),
            credential=False,
        )
        return self._api.decode(answer, object)


def host_allowed(address: str, settings: DeploymentSettings) -> bool:
    """Whether an ``invoke_url`` may be called: its host is listed, or is in the domain of the management API."""
    management, target = urlsplit(settings.url), urlsplit(address)
    if target.scheme not in ("http", "https") or (management.scheme == "https" and target.scheme != "https"):
        return False
    host = (target.hostname or "").lower()
    allowed = settings.invoke_hosts or [_domain(management.hostname or "")]
    return any(host == name.lstrip(".") or (name.startswith(".") and host.endswith(name)) for name in allowed)


def _domain(host: str) -> str:
    """``.covalent.xyz`` for ``api.covalent.xyz``; an address or a short name stands for itself alone."""
    labels = host.split(".")
    return host if len(labels) < 3 or host.replace(".", "").isdigit() or ":" in host else "." + ".".join(labels[1:])


def _endpoint(record: DeploymentDetails, route: str, method: str | None) -> Endpoint:
    fits = [e for e in record.endpoints if _slashed(e.route) == _slashed(route) and method in (None, e.method)]
    if not fits:
        raise NotFound(
            f"The deployment has no endpoint {method or ''} {route}.".replace("  ", " "), service="deployment"
        )
    if len(fits) > 1:
        raise BadInput(f"The route {route} has several methods: name one.", service="deployment")
    if fits[0].method not in ("GET", "POST", "PUT", "DELETE", "PATCH"):
        raise UpstreamInvalid("The deployment's record names an unknown method.", service="deployment")
    return fits[0]


def _slashed(route: str) -> str:
    return route if route.startswith("/") else f"/{route}"


def _path(route: str) -> str:
    """The route as the record names it, each segment encoded, so that a poisoned record cannot leave the service."""
    return "/" + "/".join(segment(part) for part in route.strip("/").split("/") if route.strip("/"))


def _inference_key(record: DeploymentDetails) -> dict[str, str]:
    keys = [key.key for key in record.inference_keys if key.key]
    return credential_header(keys[0]) if keys and record.auth is not False else {}


def credential_header(secret: str) -> dict[str, str]:
    """The account key for the management API, an inference key for a service."""
    return {"x-api-key": secret}


class _Refusal(msgspec.Struct):
    detail: str


def explain(status: int, body: bytes) -> str | None:
    """The vendor's text: ``{"detail", "code"}``."""
    try:
        return msgspec.json.decode(body, type=_Refusal).detail
    except msgspec.MsgspecError:
        return None


def probe_path(settings: DeploymentSettings) -> str:
    """Where to see whether the upstream answers."""
    return f"{settings.prefix}/functions?count=1&page=0"
