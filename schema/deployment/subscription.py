"""Streams of endpoints, and the status of a deployment as it changes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import strawberry

from resolvers import deployment as resolve
from schema.common import Info
from schema.deployment.inputs import DeploymentInput, InvokeEndpointInput
from schema.deployment.types import Deployment
from schema.requests import deployment as requests
from schema.requests.declared import asks


@strawberry.type
class DeploymentSubscription:
    @strawberry.subscription(
        description="Call an endpoint that streams: its text as it arrives.",
        graphql_type=str | None,
        **asks(requests.INVOKE),
    )
    async def endpoint_stream(self, info: Info, input: InvokeEndpointInput) -> AsyncGenerator[Any, None]:
        async with aclosing(resolve.stream(info.context, input.call())) as chunks:
            async for text in chunks:
                yield text

    @strawberry.subscription(
        description="A deployment now, and again at each change of its status, until it is ACTIVE, INACTIVE or ERROR.",
        graphql_type=Deployment | None,
        **asks(requests.STATUS),
    )
    async def deployment_status(self, info: Info, input: DeploymentInput) -> AsyncGenerator[Any, None]:
        async with aclosing(resolve.status(info.context, input.id)) as changes:
            async for record in changes:
                yield record
