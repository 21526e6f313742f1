"""Look-ups of deployments."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers import deployment as resolve
from schema.common import Info
from schema.deployment.types import Deployment, DeploymentInput, DeploymentsInput


@strawberry.type
class DeploymentQuery:
    @strawberry.field(description="A deployed service. Null when not found.", graphql_type=Deployment | None)
    async def deployment(self, info: Info, input: DeploymentInput) -> Any:
        return await resolve.deployment(info.context, input.id)

    @strawberry.field(description="Deployed services, newest first.", graphql_type=list[Deployment] | None)
    async def deployments(self, info: Info, input: DeploymentsInput | None = None) -> Any:
        page = input or DeploymentsInput()
        return await resolve.deployments(info.context, page.search, page.status, page.offset, page.count)
