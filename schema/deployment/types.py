"""Deployments, their endpoints and inputs."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.roles import Role
from gateway.upstreams.deployment import records
from gateway.upstreams.deployment.records import DeploymentStatus
from resolvers import deployment as resolve
from schema.across.links import ToFunction, ToPredictor, ToTrainedFunction
from schema.common import Info, requires
from schema.per_level import per_level
from schema.requests import deployment as requests
from schema.requests.declared import asks
from schema.scalars import JSON, DateTime, Url

Deployments = strawberry.Parent[list[records.Deployment]]


@strawberry.type(description="A function behind a route of a deployment.")
class Endpoint:
    route: str = strawberry.field(description="Path below the service's address.")
    method: str = strawberry.field(description="HTTP method.")
    name: str | None = strawberry.field(description="Display name.")
    description: str | None = strawberry.field(description="The function's docstring.")
    streaming: bool | None = strawberry.field(description="Whether it answers a stream of text.")


@strawberry.type(description="A key for calls of a service.")
class InferenceKey:
    id: strawberry.ID = strawberry.field(description="Key id.")
    key: str | None = strawberry.field(description="The key itself: only in the answer of `createInferenceKey`.")

    @strawberry.field(description="When it was made.")
    def created_at(self, root: strawberry.Parent[records.InferenceKey]) -> DateTime | None:
        return root.created_at or root.updated_at  # type: ignore[return-value]

    last_used: DateTime | None = strawberry.field(description="When a call last carried it.")


@strawberry.type(description="A deployed function service.")
class Deployment(ToPredictor, ToFunction, ToTrainedFunction):
    id: strawberry.ID = strawberry.field(description="Deployment id.")
    title: str = strawberry.field(name="name", description="Name of the service (the vendor's `title`).")
    status: DeploymentStatus = strawberry.field(description="Life of the deployment.")
    description: str | None = strawberry.field(description="What it is.")
    created_at: DateTime | None = strawberry.field(description="When it was made.")
    updated_at: DateTime | None = strawberry.field(description="When it last changed.")

    @strawberry.field(description="Tags.")
    def tags(self, root: strawberry.Parent[records.Deployment]) -> list[str]:
        return root.tags or []

    @per_level(
        description="Endpoints, with what a list leaves out.",
        graphql_type=list[Endpoint] | None,
        **asks(requests.DETAILS),
    )
    async def endpoints(self, info: Info, deployments: Deployments) -> Any:
        return await resolve.details(info.context, deployments, "endpoints")

    @per_level(
        description="Address of the service; null while it has none.",
        graphql_type=Url | None,
        **asks(requests.DETAILS),
    )
    async def invoke_url(self, info: Info, deployments: Deployments) -> Any:
        return await resolve.details(info.context, deployments, "invoke_url")

    @per_level(
        description="Whether callers of the service need an inference key.",
        graphql_type=bool | None,
        **asks(requests.DETAILS),
    )
    async def auth(self, info: Info, deployments: Deployments) -> Any:
        return await resolve.details(info.context, deployments, "auth")

    @per_level(
        description="What failed, when `status` is ERROR.",
        graphql_type=str | None,
        **asks(requests.DETAILS),
    )
    async def error(self, info: Info, deployments: Deployments) -> Any:
        return await resolve.details(info.context, deployments, "error")

    @per_level(
        description="Standard error of the service, when `status` is ERROR.",
        graphql_type=str | None,
        **asks(requests.DETAILS),
    )
    async def stderr(self, info: Info, deployments: Deployments) -> Any:
        return await resolve.details(info.context, deployments, "stderr")

    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.Deployment)

    @per_level(
        description="What the service says about itself (`POST /info`).",
        graphql_type=JSON | None,
        **asks(requests.INFO),
    )
    async def info(self, info: Info, deployments: Deployments) -> Any:
        return await resolve.info(info.context, deployments)

    @per_level(
        description="The key that the gateway calls the service with.",
        graphql_type=str | None,
        **requires(Role.ADMIN),
        **asks(requests.DETAILS),
    )
    async def inference_key(self, info: Info, deployments: Deployments) -> Any:
        return await resolve.details(info.context, deployments, "inference_key")

    @per_level(
        description="Keys that the service takes, without the keys themselves.",
        graphql_type=list[InferenceKey] | None,
        **requires(Role.ADMIN),
        **asks(requests.KEYS),
    )
    async def inference_keys(self, info: Info, deployments: Deployments) -> Any:
        return await resolve.inference_keys(info.context, deployments)
