"""Calls of endpoints, and what administrators do with a deployment."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.roles import Role
from resolvers import deployment as resolve
from schema.common import Info, requires
from schema.deployment.inputs import (
    CreateInferenceKeyInput,
    DeleteInferenceKeyInput,
    InvokeEndpointInput,
    TeardownDeploymentInput,
)
from schema.deployment.types import Deployment, InferenceKey
from schema.requests import deployment as requests
from schema.requests.declared import asks
from schema.scalars import JSON


@strawberry.type
class DeploymentMutation:
    @strawberry.field(
        description="Call an endpoint of a deployment; answers the JSON that it answers.",
        graphql_type=JSON | None,
        **asks(requests.INVOKE),
    )
    async def invoke_endpoint(self, info: Info, input: InvokeEndpointInput) -> Any:
        return await resolve.invoke(info.context, input.call())

    @strawberry.field(
        description="End a deployment for good; answers it as it is then.",
        graphql_type=Deployment | None,
        **requires(Role.ADMIN),
        **asks(requests.TEAR_DOWN),
    )
    async def teardown_deployment(self, info: Info, input: TeardownDeploymentInput) -> Any:
        return await resolve.tear_down(info.context, input.id)

    @strawberry.field(
        description="Make a key for calls of a service. Only this answer holds the key itself.",
        graphql_type=InferenceKey | None,
        **requires(Role.ADMIN),
        **asks(requests.CREATE_KEY),
    )
    async def create_inference_key(self, info: Info, input: CreateInferenceKeyInput) -> Any:
        return await resolve.create_inference_key(info.context, input.deployment)

    @strawberry.field(
        description="Delete a key. True when it is gone; NOT_FOUND when it never was there.",
        **requires(Role.ADMIN),
        **asks(requests.DELETE_KEY),
    )
    async def delete_inference_key(self, info: Info, input: DeleteInferenceKeyInput) -> bool | None:
        return await resolve.delete_inference_key(info.context, input.deployment, input.id)
