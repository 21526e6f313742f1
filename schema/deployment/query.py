"""Look-ups of deployments."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.upstreams.deployment.records import DeploymentSort, SortDirection
from resolvers import deployment as resolve
from resolvers.deployment import Listing
from schema.common import Info
from schema.deployment.inputs import DeploymentInput, DeploymentsInput
from schema.deployment.types import Deployment
from schema.requests import deployment as requests
from schema.requests.declared import asks


@strawberry.type
class DeploymentQuery:
    @strawberry.field(
        description="A deployed service. Null when not found.",
        graphql_type=Deployment | None,
        **asks(requests.DEPLOYMENT),
    )
    async def deployment(self, info: Info, input: DeploymentInput) -> Any:
        return await resolve.deployment(info.context, input.id)

    @strawberry.field(
        description="Deployed services, newest first unless sorted otherwise.",
        graphql_type=list[Deployment] | None,
        **asks(requests.DEPLOYMENTS),
    )
    async def deployments(self, info: Info, input: DeploymentsInput | None = None) -> Any:
        page = input or DeploymentsInput()
        sort, direction = page.sort or DeploymentSort.CREATED_AT, page.direction or SortDirection.DESC
        listing = Listing(page.search, page.status, sort, direction)
        return await resolve.deployments(info.context, listing, page.offset, page.count)
