"""Loaders of deployments."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from propcache.api import cached_property

from gateway.errors import NotFound
from gateway.loaders.batching import SideBySide
from gateway.upstreams.deployment.client import DeploymentClient
from gateway.upstreams.deployment.records import (
    Deployment,
    DeploymentDetails,
    DeploymentSort,
    DeploymentStatus,
    InferenceKey,
    SortDirection,
)


class DeploymentPage(NamedTuple):
    """One of the vendor's pages; ``page`` counts from 0, in pages of ``size``."""

    search: str | None
    status: DeploymentStatus | None
    sort: DeploymentSort
    direction: SortDirection
    page: int
    size: int


class DeploymentLoaders:
    """Deployments and what belongs to them by id, at most ``parallel`` requests of a kind at once; and pages."""

    def __init__(self, client: DeploymentClient, parallel: int) -> None:
        self._client = client
        self._parallel = parallel

    @cached_property
    def deployment_by_id(self) -> SideBySide[str, DeploymentDetails | None]:
        return SideBySide(self._client.get, self._parallel)

    @cached_property
    def info_by_id(self) -> SideBySide[str, Any]:
        return SideBySide(partial(_info, self._client, self.deployment_by_id), self._parallel)

    @cached_property
    def keys_by_id(self) -> SideBySide[str, list[InferenceKey]]:
        return SideBySide(self._client.keys, self._parallel)

    @cached_property
    def deployments_by_page(self) -> SideBySide[DeploymentPage, list[Deployment]]:
        client = self._client
        return SideBySide(lambda key: client.list(*key), self._parallel)

    async def known(self, deployment_id: str) -> DeploymentDetails:
        """The deployment's own record. Raises ``NotFound``."""
        return await _known(self.deployment_by_id, deployment_id)


async def _known(deployments: SideBySide[str, DeploymentDetails | None], deployment_id: str) -> DeploymentDetails:
    record = await deployments.load(deployment_id)
    if record is None:
        raise NotFound(f"There is no deployment {deployment_id!r}.", service="deployment")
    return record


async def _info(
    client: DeploymentClient, deployments: SideBySide[str, DeploymentDetails | None], deployment_id: str
) -> Any:
    return await client.info(await _known(deployments, deployment_id))
