"""Deployed function services and their endpoints."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.context import Context
from gateway.errors import NotFound
from gateway.loaders.deployment import DeploymentPage
from gateway.upstreams.deployment import Deployment, DeploymentDetails, DeploymentStatus
from resolvers.paging import checked

DEFAULT_COUNT = 10


async def deployment(context: Context, deployment_id: str) -> DeploymentDetails | None:
    return await context.loaders.deployment.deployment_by_id.load(deployment_id)


async def deployments(
    context: Context, search: str | None, status: DeploymentStatus | None, offset: int | None, count: int | None
) -> list[Deployment]:
    """The vendor counts in whole pages, so an offset between two of them takes both."""
    offset, count = checked(offset, count, DEFAULT_COUNT)
    first, last = offset // count, (offset + count - 1) // count
    load = context.loaders.deployment.deployments_by_page.load
    pages = await asyncio.gather(
        *(load(DeploymentPage(search, status, page, count)) for page in range(first, last + 1))
    )
    start = offset - first * count
    return [record for page in pages for record in page][start : start + count]


async def details(context: Context, record: Deployment) -> DeploymentDetails:
    """The deployment's own record, which holds what a list leaves out. Raises ``NotFound`` when it is gone."""
    if isinstance(record, DeploymentDetails):
        return record
    found = await context.loaders.deployment.deployment_by_id.load(record.id)
    if found is None:
        raise NotFound("The deployment is not there any more.", service="deployment")
    return found


async def invoke(
    context: Context, deployment_id: str, route: str, method: str | None, arguments: dict[str, Any]
) -> Any:
    record = await context.loaders.deployment.deployment_by_id.load(deployment_id)
    if record is None:
        raise NotFound(f"There is no deployment {deployment_id!r}.", service="deployment")
    return await context.clients.deployment.invoke(record, route, method, arguments)
