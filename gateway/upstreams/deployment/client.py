"""The calls of the management API and of the services. Source: the requests of the SDK covalent-cloud 1.4.4."""

from __future__ import annotations

import builtins
from collections.abc import AsyncGenerator
from typing import Any

import msgspec

from gateway.errors import BadInput
from gateway.settings import DeploymentSettings
from gateway.upstreams.api import Api
from gateway.upstreams.deployment.records import (
    Deployment,
    DeploymentDetails,
    DeploymentPage,
    DeploymentSort,
    DeploymentStatus,
    InferenceKey,
    SortDirection,
)
from gateway.upstreams.deployment.services import ANY_MEDIA_TYPE, SERVICE, call_of, info_of
from gateway.upstreams.deployment.text import text_of
from gateway.upstreams.requests import segment


class DeploymentClient:
    """One caller's view. Raises ``gateway.errors``; a look-up that finds nothing is None."""

    def __init__(self, api: Api, settings: DeploymentSettings) -> None:
        self._api = api
        self._settings = settings

    async def get(self, deployment_id: str) -> DeploymentDetails | None:
        """``GET /functions/{id}``."""
        return await self._api.find(self._function(deployment_id), DeploymentDetails)

    async def list(
        self,
        search: str | None,
        status: DeploymentStatus | None,
        sort: DeploymentSort,
        direction: SortDirection,
        page: int,
        count: int,
    ) -> list[Deployment]:
        """``GET /functions``; ``page`` counts from 0, in pages of ``count``. Raises ``BadInput`` for UNKNOWN."""
        if status is DeploymentStatus.UNKNOWN:
            raise BadInput("UNKNOWN is no status that the vendor can look for.", service=SERVICE)
        query = {
            "generate_presigned_urls": "False",
            "count": str(count),
            "page": str(page),
            "direction": direction.value,
            "sort": sort.value,
        }
        if search:
            query["search"] = search
        if status:
            query["status"] = status.value
        answer = await self._api.get(f"{self._settings.prefix}/functions", DeploymentPage, query)
        return answer.records

    async def tear_down(self, deployment_id: str) -> None:
        """``PUT /functions/{id}/teardown``; the answer is not documented. Raises ``NotFound``."""
        await self._api.send("PUT", self._function(deployment_id) + "/teardown")

    async def create_key(self, deployment_id: str) -> InferenceKey:
        """``POST /functions/{id}/inference-keys``: the only answer with the key itself. Raises ``NotFound``."""
        return await self._api.json("POST", self._function(deployment_id) + "/inference-keys", InferenceKey)

    async def keys(self, deployment_id: str) -> builtins.list[InferenceKey]:
        """``GET /functions/{id}/inference-keys``. Raises ``NotFound``."""
        return await self._api.get(self._function(deployment_id) + "/inference-keys", builtins.list[InferenceKey])

    async def delete_key(self, deployment_id: str, key_id: str) -> None:
        """``DELETE /functions/{id}/inference-keys/{key_id}``. Raises ``NotFound``."""
        await self._api.send("DELETE", f"{self._function(deployment_id)}/inference-keys/{segment(key_id)}")

    async def info(self, record: DeploymentDetails) -> Any:
        """``POST {invoke_url}/info`` with the inference key. Raises what ``services.info_of`` raises."""
        call = info_of(record, self._settings)
        answer = await self._api.send(call.method, call.path, url=call.url, headers=ANY_MEDIA_TYPE, key=call.key)
        return self._api.decode(answer, object)

    async def invoke(self, record: DeploymentDetails, route: str, method: str | None, arguments: dict[str, Any]) -> Any:
        """``{method} {invoke_url}{route}`` with the keyword arguments as a JSON object, also on GET.

        Code of whoever deployed the service runs, so whatever the method, it is never sent twice.
        Raises what ``services.call_of`` raises.
        """
        call = call_of(record, route, method, streaming=False, settings=self._settings)
        answer = await self._api.send(
            call.method,
            call.path,
            url=call.url,
            headers=ANY_MEDIA_TYPE,
            body=arguments,
            key=call.key,
            repeatable=False,
        )
        return self._api.decode(answer, object)

    async def stream(
        self, record: DeploymentDetails, route: str, method: str | None, arguments: dict[str, Any]
    ) -> AsyncGenerator[str, None]:
        """As ``invoke``, for an endpoint that streams: its text as it arrives. Close it to end the call."""
        call = call_of(record, route, method, streaming=True, settings=self._settings)
        async with self._api.stream(
            call.method,
            call.path,
            url=call.url,
            headers=ANY_MEDIA_TYPE,
            body=arguments,
            key=call.key,
            repeatable=False,
        ) as chunks:
            async for text in text_of(chunks):
                yield text

    def _function(self, deployment_id: str) -> str:
        return f"{self._settings.prefix}/functions/{segment(deployment_id)}"


def credential_header(secret: str) -> dict[str, str]:
    """The account key, for the management API."""
    return {"x-api-key": secret}


class _Refusal(msgspec.Struct):
    detail: str


def explain(status: int, body: bytes) -> str | None:
    """The vendor's text: ``{"detail", "code"}``."""
    try:
        return msgspec.json.decode(body, type=_Refusal).detail
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def probe_path(settings: DeploymentSettings) -> str:
    """Where to see whether the upstream answers."""
    return f"{settings.prefix}/functions?count=1&page=0"
