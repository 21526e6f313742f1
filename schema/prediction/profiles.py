"""Users and organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from gateway.upstreams.prediction import records
from resolvers import prediction as resolve
from schema.common import Info
from schema.per_level import per_level
from schema.prediction.enums import PredictorStatus
from schema.prediction.environment import EnvironmentVariable
from schema.requests import prediction as requests
from schema.requests.declared import asks
from schema.scalars import DateTime, Url

Profiles = strawberry.Parent[list[records.Profile]]

if TYPE_CHECKING:
    from schema.prediction.predictors import Predictor


@strawberry.input(description="Which user or organization.")
class UserInput:
    username: str | None = strawberry.field(default=None, description="Username; the current user when null.")
    organization: str | None = strawberry.field(
        default=None,
        description="What fxnjs calls `username` when it lists environment variables.",
        deprecation_reason="Use `username`; fxnjs up to 0.0.38.",
    )


@strawberry.input(description="A page of a user's predictors.")
class UserPredictorsInput:
    status: PredictorStatus | None = strawberry.field(default=None, description="Defaults to ACTIVE.")
    offset: int | None = strawberry.field(default=None, description="Predictors to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most predictors to return. Defaults to 25.")


@strawberry.input(description="What to change of the current user. What is left out stays as it is.")
class UpdateUserInput:
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Display name.")
    bio: str | None = strawberry.field(default=strawberry.UNSET, description="About the account.")
    avatar: Url | None = strawberry.field(default=strawberry.UNSET, description="Picture.")
    website: Url | None = strawberry.field(default=strawberry.UNSET, description="Website.")
    github: str | None = strawberry.field(default=strawberry.UNSET, description="GitHub name.")
    spend_limit: float | None = strawberry.field(default=strawberry.UNSET, description="Monthly spend limit.")

    def form(self) -> records.ProfileForm:
        given = {name: value for name, value in vars(self).items() if value is not strawberry.UNSET}
        return records.ProfileForm(**given)


@strawberry.interface(description="Public profile of a user or an organization.")
class Profile:
    username: str = strawberry.field(description="Username.")
    created: DateTime = strawberry.field(description="When the account was made.")
    name: str | None = strawberry.field(description="Display name.")
    avatar: Url | None = strawberry.field(description="Picture.")
    bio: str | None = strawberry.field(description="About the account.")
    website: Url | None = strawberry.field(description="Website.")
    github: str | None = strawberry.field(description="GitHub name.")

    @per_level(
        description="Predictors of this account.",
        graphql_type=list[Annotated["Predictor", strawberry.lazy("schema.prediction.predictors")]] | None,
        **asks(requests.USER_PREDICTORS),
    )
    async def predictors(self, info: Info, profiles: Profiles, input: UserPredictorsInput | None = None) -> Any:
        page = input or UserPredictorsInput()
        return await resolve.user_predictors(info.context, profiles, page.status, page.offset, page.count)


async def _environment_variables(info: Info, profiles: Profiles) -> Any:
    return await resolve.environment_variables(info.context, profiles)


_VARIABLES: Any = per_level(
    resolver=_environment_variables,
    description="Environment variables of predictors, by name; only for the current user and its organizations.",
    **asks(requests.ENVIRONMENT_VARIABLES),
    graphql_type=list[EnvironmentVariable] | None,
)


@strawberry.type(description="A user.")
class User(Profile):
    email: str | None = strawberry.field(description="Only for the current user itself.")
    environment_variables = _VARIABLES

    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.Profile) and record.typename == "User"


@strawberry.type(description="An organization.")
class Organization(Profile):
    environment_variables = _VARIABLES

    @classmethod
    def is_type_of(cls, record: object, info: object) -> bool:
        return isinstance(record, records.Profile) and record.typename == "Organization"
