"""What can be done with predictors: predict, create, archive, delete, and what belongs to that."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers import prediction as resolve
from schema.common import Info
from schema.prediction.environment import (
    CreateEnvironmentVariableInput,
    DeleteEnvironmentVariableInput,
    EnvironmentVariable,
)
from schema.prediction.predictions import CreatePredictionInput, Prediction
from schema.prediction.predictors import ArchivePredictorInput, CreatePredictorInput, DeletePredictorInput, Predictor
from schema.prediction.profiles import UpdateUserInput, User
from schema.prediction.uploads import CreateUploadUrlInput
from schema.requests import prediction as requests
from schema.requests.declared import asks
from schema.scalars import Url


@strawberry.type
class PredictionMutation:
    @strawberry.field(
        description="Change the current user.",
        graphql_type=User | None,
        **asks(requests.UPDATE_USER),
    )
    async def update_user(self, info: Info, input: UpdateUserInput) -> Any:
        return await resolve.update_user(info.context, input.form())

    @strawberry.field(
        description="Create a predictor from a notebook. It starts PROVISIONING.",
        graphql_type=Predictor | None,
        **asks(requests.CREATE_PREDICTOR),
    )
    async def create_predictor(self, info: Info, input: CreatePredictorInput) -> Any:
        return await resolve.create_predictor(info.context, input.form())

    @strawberry.field(
        description="Archive a predictor: it keeps working for those who used it before.",
        graphql_type=Predictor | None,
        **asks(requests.ARCHIVE_PREDICTOR),
    )
    async def archive_predictor(self, info: Info, input: ArchivePredictorInput) -> Any:
        return await resolve.archive_predictor(info.context, input.tag)

    @strawberry.field(
        description="Delete a predictor. One that is public and was used can only be archived.",
        **asks(requests.DELETE_PREDICTOR),
    )
    async def delete_predictor(self, info: Info, input: DeletePredictorInput) -> bool | None:
        return await resolve.delete_predictor(info.context, input.tag)

    @strawberry.field(
        description="Make a prediction (CLOUD), or get what a device needs to make it (EDGE).",
        graphql_type=Prediction | None,
        **asks(requests.PREDICT),
    )
    async def create_prediction(self, info: Info, input: CreatePredictionInput) -> Any:
        return await resolve.create_prediction(
            info.context, input.tag, input.client, input.values(), input.data_url_limit, input.configuration
        )

    @strawberry.field(
        description="Set an environment variable for the predictors that are created from now on.",
        graphql_type=EnvironmentVariable | None,
        **asks(requests.CREATE_ENVIRONMENT_VARIABLE),
    )
    async def create_environment_variable(self, info: Info, input: CreateEnvironmentVariableInput) -> Any:
        return await resolve.create_environment_variable(info.context, input.form(), input.organization)

    @strawberry.field(
        description="Delete an environment variable.",
        **asks(requests.DELETE_ENVIRONMENT_VARIABLE),
    )
    async def delete_environment_variable(self, info: Info, input: DeleteEnvironmentVariableInput) -> bool | None:
        return await resolve.delete_environment_variable(info.context, input.name, input.organization)

    @strawberry.field(
        description="A URL to PUT a file to, without credentials; it then stands for the file, as a value's `data`.",
        graphql_type=Url | None,
        **asks(requests.CREATE_UPLOAD_URL),
    )
    async def create_upload_url(self, info: Info, input: CreateUploadUrlInput) -> Any:
        return await resolve.create_upload_url(info.context, input.form())
