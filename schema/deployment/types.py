"""Deployments, their endpoints and inputs."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.upstreams import deployment as records
from gateway.upstreams.deployment import DeploymentStatus
from resolvers import deployment as resolve
from schema.common import Info, described_enum
from schema.scalars import DateTime, JSONObject, Url

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


@strawberry.input(description="Which deployment.")
class DeploymentInput:
    id: strawberry.ID = strawberry.field(description="Deployment id.")


@strawberry.input(description="A page of deployments, newest first.")
class DeploymentsInput:
    search: str | None = strawberry.field(default=None, description="Text to search for; all when null.")
    status: DeploymentStatus | None = strawberry.field(default=None, description="Only this status; all when null.")
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


@strawberry.type(description="A function behind a route of a deployment.")
class Endpoint:
    route: str = strawberry.field(description="Path below the service's address.")
    method: str = strawberry.field(description="HTTP method.")
    name: str | None = strawberry.field(description="Display name.")
    description: str | None = strawberry.field(description="The function's docstring.")
    streaming: bool | None = strawberry.field(description="Whether it answers a stream of text.")


@strawberry.type(description="A deployed function service.")
class Deployment:
    id: strawberry.ID = strawberry.field(description="Deployment id.")
    status: DeploymentStatus = strawberry.field(description="Life of the deployment.")
    description: str | None = strawberry.field(description="What it is.")
    created_at: DateTime | None = strawberry.field(description="When it was made.")
    updated_at: DateTime | None = strawberry.field(description="When it last changed.")

    @strawberry.field(description="Name of the service (the vendor's `title`).")
    def name(self, root: strawberry.Parent[records.Deployment]) -> str:
        return root.title

    @strawberry.field(description="Tags.")
    def tags(self, root: strawberry.Parent[records.Deployment]) -> list[str]:
        return root.tags or []

    @strawberry.field(description="Endpoints, with what a list leaves out.", graphql_type=list[Endpoint] | None)
    async def endpoints(self, info: Info, root: strawberry.Parent[records.Deployment]) -> Any:
        return (await resolve.details(info.context, root)).endpoints

    @strawberry.field(description="Address of the service; null while it has none.")
    async def invoke_url(self, info: Info, root: strawberry.Parent[records.Deployment]) -> Url | None:
        return (await resolve.details(info.context, root)).invoke_url  # type: ignore[return-value]

    @strawberry.field(description="Whether callers of the service need an inference key.")
    async def auth(self, info: Info, root: strawberry.Parent[records.Deployment]) -> bool | None:
        return (await resolve.details(info.context, root)).auth

    @strawberry.field(description="What failed, when `status` is ERROR.")
    async def error(self, info: Info, root: strawberry.Parent[records.Deployment]) -> str | None:
        return (await resolve.details(info.context, root)).error

    @strawberry.field(description="Standard error of the service, when `status` is ERROR.")
    async def stderr(self, info: Info, root: strawberry.Parent[records.Deployment]) -> str | None:
        return (await resolve.details(info.context, root)).stderr

    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.Deployment)
