"""Calls of endpoints."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers import deployment as resolve
from schema.common import Info
from schema.deployment.types import InvokeEndpointInput
from schema.scalars import JSON


@strawberry.type
class DeploymentMutation:
    @strawberry.field(
        description="Call an endpoint of a deployment; answers the JSON that it answers.", graphql_type=JSON | None
    )
    async def invoke_endpoint(self, info: Info, input: InvokeEndpointInput) -> Any:
        return await resolve.invoke(
            info.context, input.deployment, input.route, input.method, dict(input.arguments or {})
        )
