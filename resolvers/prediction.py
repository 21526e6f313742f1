"""Users, predictors and predictions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.context import Context
from gateway.errors import BadInput
from gateway.loaders.prediction import Search, UserPredictors
from gateway.upstreams.prediction.records import (
    EnvironmentVariable,
    Prediction,
    Predictor,
    PredictorForm,
    PredictorStatus,
    Profile,
    ProfileForm,
    UploadForm,
    Value,
    VariableForm,
)
from gateway.upstreams.prediction.values import encode
from resolvers.paging import checked

DEFAULT_COUNT = 25


async def user(context: Context, username: str | None) -> Profile | None:
    if username is None:
        return await context.loaders.prediction.current_user.load(None)
    return await context.loaders.prediction.user_by_name.load(username)


async def predictor(context: Context, tag: str) -> Predictor | None:
    return await context.loaders.prediction.predictor_by_tag.load(tag)


async def predictors(context: Context, query: str | None, offset: int | None, count: int | None) -> list[Predictor]:
    return await context.loaders.prediction.predictors_by_search.load(
        Search(query, *checked(offset, count, DEFAULT_COUNT))
    )


async def user_predictors(
    context: Context, profiles: list[Profile], status: PredictorStatus | None, offset: int | None, count: int | None
) -> list[list[Predictor] | Exception]:
    page = checked(offset, count, DEFAULT_COUNT)
    return await context.loaders.prediction.predictors_by_user.load_many(
        UserPredictors(profile.username, status or PredictorStatus.ACTIVE, *page) for profile in profiles
    )


async def create_prediction(
    context: Context,
    tag: str,
    client: str,
    inputs: Iterable[tuple[str, Value]],
    data_url_limit: int | None,
    configuration: str | None,
) -> Prediction:
    values = _by_name(inputs)
    client_of_predictor = await context.predicting(tag)
    prediction = await client_of_predictor.create_prediction(
        tag, values, client=client, data_url_limit=data_url_limit, configuration=configuration
    )
    context.forget()
    return prediction


async def update_user(context: Context, form: ProfileForm) -> Profile:
    updated = await context.clients.prediction.update_user(form)
    context.forget()
    return updated


async def create_predictor(context: Context, form: PredictorForm) -> Predictor:
    created = await context.clients.prediction.create_predictor(form)
    context.forget()
    return created


async def archive_predictor(context: Context, tag: str) -> Predictor | None:
    archived = await context.clients.prediction.archive_predictor(tag)
    context.forget()
    return archived


async def delete_predictor(context: Context, tag: str) -> bool:
    deleted = await context.clients.prediction.delete_predictor(tag)
    context.forget()
    return deleted


async def environment_variables(
    context: Context, profiles: list[Profile]
) -> list[list[EnvironmentVariable] | Exception]:
    load = context.loaders.prediction.environment_variables_by_user.load_many
    return await load(profile.username for profile in profiles)


async def create_environment_variable(
    context: Context, form: VariableForm, organization: str | None
) -> EnvironmentVariable:
    created = await context.clients.prediction.create_environment_variable(form, organization)
    context.forget()
    return created


async def delete_environment_variable(context: Context, name: str, organization: str | None) -> bool:
    deleted = await context.clients.prediction.delete_environment_variable(name, organization)
    context.forget()
    return deleted


async def create_upload_url(context: Context, form: UploadForm) -> str:
    return await context.clients.prediction.create_upload_url(form)


def input_value(
    name: str, dtype: str | None, data: str | None, shape: list[int] | None, typed: Iterable[tuple[str, Any]]
) -> Value:
    """One input, given as ``data`` with its type, or in one of the early typed forms (``stringValue`` and so on).

    ``typed`` holds the typed forms, null where not given, each with the dtype it is sent as. Raises ``BadInput`` for
    two forms at once, or for data without a type and the other way round.
    """
    given = [(default, value) for default, value in typed if value is not None]
    if len(given) + (data is not None) > 1:
        raise BadInput(f"Input `{name}` has more than one value.")
    if given:
        default, value = given[0]
        return encode(value, dtype or default)
    if (data is None) != (dtype in (None, "null")):
        raise BadInput(f"Input `{name}` needs both `data` and `type`.")
    return Value(type=dtype or "null", data=data, shape=shape)


def _by_name(inputs: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, value in inputs:
        if name in values:
            raise BadInput(f"Input `{name}` is given twice.")
        values[name] = value
    return values
