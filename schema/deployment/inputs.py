"""Inputs of deployments."""

from __future__ import annotations

import strawberry

from gateway.upstreams.deployment.records import DeploymentSort, DeploymentStatus, SortDirection
from resolvers.deployment import Call
from schema.common import described_enum
from schema.scalars import JSONObject

described_enum(
    DeploymentStatus,
    "Life of a deployment.",
    {
        "NEW_OBJECT": "Known, not started.",
        "CREATING": "Being started.",
        "ACTIVE": "Answers.",
        "INACTIVE": "Torn down, or past its time limit.",
        "ERROR": "Failed; see `error` and `stderr`.",
        "UNKNOWN": "A status that the vendor does not document.",
    },
)


described_enum(DeploymentSort, "What deployments are sorted by.", {"CREATED_AT": "Age.", "TITLE": "Name."})
described_enum(
    SortDirection,
    "Which end of a list comes first.",
    {"ASC": "The oldest, or A.", "DESC": "The newest, or Z."},
)


@strawberry.input(description="Which deployment.")
class DeploymentInput:
    id: strawberry.ID = strawberry.field(description="Deployment id.")


@strawberry.input(description="A page of deployments.")
class DeploymentsInput:
    search: str | None = strawberry.field(default=None, description="Text to search for; all when null.")
    status: DeploymentStatus | None = strawberry.field(
        default=None, description="Only this status, which cannot be UNKNOWN; all when null."
    )
    sort: DeploymentSort | None = strawberry.field(default=None, description="Sort key. Defaults to CREATED_AT.")
    direction: SortDirection | None = strawberry.field(default=None, description="Direction. Defaults to DESC.")
    offset: int | None = strawberry.field(default=None, description="Deployments to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most deployments to return. Defaults to 10.")


@strawberry.input(description="A call of an endpoint.")
class InvokeEndpointInput:
    deployment: strawberry.ID = strawberry.field(description="Deployment id.")
    route: str = strawberry.field(description="Route as its endpoint names it, such as `/hello`.")
    method: str | None = strawberry.field(
        default=None, description="HTTP method; needed where a route has several. Defaults to the endpoint's."
    )
    arguments: JSONObject | None = strawberry.field(
        default=None, description="Keyword arguments of the endpoint's function. Defaults to none."
    )

    def call(self) -> Call:
        """What a resolver takes."""
        return Call(self.deployment, self.route, self.method, dict(self.arguments or {}))


@strawberry.input(description="Which deployment to end.")
class TeardownDeploymentInput:
    id: strawberry.ID = strawberry.field(description="Deployment id.")


@strawberry.input(description="For which deployment to make a key.")
class CreateInferenceKeyInput:
    deployment: strawberry.ID = strawberry.field(description="Deployment id.")


@strawberry.input(description="Which key of a deployment to delete.")
class DeleteInferenceKeyInput:
    deployment: strawberry.ID = strawberry.field(description="Deployment id.")
    id: strawberry.ID = strawberry.field(description="Key id.")
