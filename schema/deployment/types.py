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
from schema.scalars import JSON, DateTime, Url


@strawberry.type(description="A function behind a route of a deployment.")
class Endpoint:
    route: str = strawberry.field(description="Path below the service's address.")
    method: str = strawberry.field(description="HTTP method.")
    name: str | None = strawberry.field(description="Display name.")
    description: str | None = strawberry.field(description="The function's docstring.")
    streaming: bool | None = strawberry.field(description="Whether it answers a stream of text.")


@strawberry.type(description="A key for calls of a service.")
class InferenceKey:
    @strawberry.field(description="Key id.")
    def id(self, root: strawberry.Parent[records.InferenceKey]) -> strawberry.ID:
        return strawberry.ID(str(root.id))

    key: str | None = strawberry.field(description="The key itself: only in the answer of `createInferenceKey`.")

    @strawberry.field(description="When it was made.")
    def created_at(self, root: strawberry.Parent[records.InferenceKey]) -> DateTime | None:
        return root.created_at or root.updated_at  # type: ignore[return-value]

    last_used: DateTime | None = strawberry.field(description="When a call last carried it.")


@strawberry.type(description="A deployed function service.")
class Deployment(ToPredictor, ToFunction, ToTrainedFunction):
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

    @strawberry.field(description="What the service says about itself (`POST /info`).", graphql_type=JSON | None)
    async def info(self, info: Info, root: strawberry.Parent[records.Deployment]) -> Any:
        return await resolve.info(info.context, root.id)

    @strawberry.field(description="The key that the gateway calls the service with.", **requires(Role.ADMIN))
    async def inference_key(self, info: Info, root: strawberry.Parent[records.Deployment]) -> str | None:
        return (await resolve.details(info.context, root)).inference_key

    @strawberry.field(
        description="Keys that the service takes, without the keys themselves.",
        graphql_type=list[InferenceKey] | None,
        **requires(Role.ADMIN),
    )
    async def inference_keys(self, info: Info, root: strawberry.Parent[records.Deployment]) -> Any:
        return await resolve.inference_keys(info.context, root.id)
