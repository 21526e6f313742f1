"""Deployed function services, their endpoints and inference keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, NamedTuple

from gateway.context import Context
from gateway.loaders.deployment import DeploymentPage
from gateway.upstreams.deployment.records import (
    Deployment,
    DeploymentDetails,
    DeploymentSort,
    DeploymentStatus,
    InferenceKey,
    SortDirection,
)
from gateway.upstreams.deployment.watch import status_changes
from resolvers.levels import each
from resolvers.paging import checked

DEFAULT_COUNT = 10


class Listing(NamedTuple):
    """Which deployments, in which order."""

    search: str | None = None
    status: DeploymentStatus | None = None
    sort: DeploymentSort = DeploymentSort.CREATED_AT
    direction: SortDirection = SortDirection.DESC


class Call(NamedTuple):
    """A call of an endpoint."""

    deployment_id: str
    route: str
    method: str | None
    arguments: dict[str, Any]


async def deployment(context: Context, deployment_id: str) -> DeploymentDetails | None:
    return await context.loaders.deployment.deployment_by_id.load(deployment_id)


async def deployments(context: Context, listing: Listing, offset: int | None, count: int | None) -> list[Deployment]:
    """The vendor counts in whole pages, so an offset between two of them takes both."""
    offset, count = checked(offset, count, DEFAULT_COUNT)
    first, last = offset // count, (offset + count - 1) // count
    load = context.loaders.deployment.deployments_by_page.load
    pages = await asyncio.gather(*(load(DeploymentPage(*listing, page, count)) for page in range(first, last + 1)))
    start = offset - first * count
    return [record for page in pages for record in page][start : start + count]


async def details(context: Context, records: list[Deployment], name: str) -> list[Any]:
    """A member of each deployment's own record, which has what lists leave out; ``NotFound`` for one that is gone."""

    async def one(record: Deployment) -> Any:
        whole = record if isinstance(record, DeploymentDetails) else await context.loaders.deployment.known(record.id)
        return getattr(whole, name)

    return await each(one, records)


async def info(context: Context, records: list[Deployment]) -> list[Any]:
    return await context.loaders.deployment.info_by_id.load_many(record.id for record in records)


async def inference_keys(context: Context, records: list[Deployment]) -> list[list[InferenceKey] | Exception]:
    return await context.loaders.deployment.keys_by_id.load_many(record.id for record in records)


async def invoke(context: Context, call: Call) -> Any:
    record = await context.loaders.deployment.known(call.deployment_id)
    return await context.clients.deployment.invoke(record, call.route, call.method, call.arguments)


async def stream(context: Context, call: Call) -> AsyncGenerator[str, None]:
    """The endpoint's text as it arrives; closing it ends the call."""
    record = await context.loaders.deployment.known(call.deployment_id)
    async with aclosing(context.clients.deployment.stream(record, call.route, call.method, call.arguments)) as chunks:
        async for text in chunks:
            yield text


async def status(context: Context, deployment_id: str) -> AsyncGenerator[DeploymentDetails, None]:
    """Each change until the deployment settles; what was loaded for the one before is forgotten."""
    async with aclosing(
        status_changes(context.clients.deployment.get, deployment_id, context.settings.deployment)
    ) as changes:
        async for record in changes:
            context.forget()
            yield record


async def tear_down(context: Context, deployment_id: str) -> DeploymentDetails | None:
    """The record as it is afterwards."""
    await context.clients.deployment.tear_down(deployment_id)
    context.forget()
    return await deployment(context, deployment_id)


async def create_inference_key(context: Context, deployment_id: str) -> InferenceKey:
    key = await context.clients.deployment.create_key(deployment_id)
    context.forget()
    return key


async def delete_inference_key(context: Context, deployment_id: str, key_id: str) -> bool:
    await context.clients.deployment.delete_key(deployment_id, key_id)
    context.forget()
    return True
