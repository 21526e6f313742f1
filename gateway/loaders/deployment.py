"""Loaders of deployments."""

from __future__ import annotations

from typing import NamedTuple

from strawberry.dataloader import DataLoader

from gateway.loaders.batching import side_by_side
from gateway.upstreams.deployment import Deployment, DeploymentClient, DeploymentDetails, DeploymentStatus


class DeploymentPage(NamedTuple):
    """One of the vendor's pages; ``page`` counts from 0, in pages of ``size``."""

    search: str | None
    status: DeploymentStatus | None
    page: int
    size: int


class DeploymentLoaders:
    """Deployments by id, at most ``parallel`` requests at once, and in pages."""

    def __init__(self, client: DeploymentClient, parallel: int) -> None:
        self.deployment_by_id: DataLoader[str, DeploymentDetails | None] = side_by_side(client.get, parallel)
        self.deployments_by_page: DataLoader[DeploymentPage, list[Deployment]] = side_by_side(
            lambda key: client.list(*key), parallel
        )
