"""Users and organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from gateway.upstreams.prediction import records
from resolvers import prediction as resolve
from schema.common import Info
from schema.prediction.enums import PredictorStatus
from schema.scalars import DateTime, Url

if TYPE_CHECKING:
    from schema.prediction.predictors import Predictor


@strawberry.input(description="Which user or organization.")
class UserInput:
    username: str | None = strawberry.field(default=None, description="Username; the current user when null.")


@strawberry.input(description="A page of a user's predictors.")
class UserPredictorsInput:
    status: PredictorStatus | None = strawberry.field(default=None, description="Defaults to ACTIVE.")
    offset: int | None = strawberry.field(default=None, description="Predictors to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most predictors to return. Defaults to 25.")


@strawberry.interface(description="Public profile of a user or an organization.")
class Profile:
    username: str = strawberry.field(description="Username.")
    created: DateTime = strawberry.field(description="When the account was made.")
    name: str | None = strawberry.field(description="Display name.")
    avatar: Url | None = strawberry.field(description="Picture.")
    bio: str | None = strawberry.field(description="About the account.")
    website: Url | None = strawberry.field(description="Website.")
    github: str | None = strawberry.field(description="GitHub name.")

    @strawberry.field(
        description="Predictors of this account.",
        graphql_type=list[Annotated["Predictor", strawberry.lazy("schema.prediction.predictors")]] | None,
    )
    async def predictors(
        self, info: Info, root: strawberry.Parent[records.Profile], input: UserPredictorsInput | None = None
    ) -> Any:
        page = input or UserPredictorsInput()
        return await resolve.user_predictors(info.context, root.username, page.status, page.offset, page.count)


@strawberry.type(description="A user.")
class User(Profile):
    email: str | None = strawberry.field(description="Only for the current user itself.")

    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.Profile) and record.typename == "User"


@strawberry.type(description="An organization.")
class Organization(Profile):
    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.Profile) and record.typename == "Organization"
