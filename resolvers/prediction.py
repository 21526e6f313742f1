"""Users, predictors and predictions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.context import Context
from gateway.errors import BadInput
from gateway.loaders.prediction import Search, UserPredictors
from gateway.upstreams.prediction.records import Prediction, Predictor, PredictorStatus, Profile, Value
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
    context: Context, username: str, status: PredictorStatus | None, offset: int | None, count: int | None
) -> list[Predictor]:
    page = checked(offset, count, DEFAULT_COUNT)
    return await context.loaders.prediction.predictors_by_user.load(
        UserPredictors(username, status or PredictorStatus.ACTIVE, *page)
    )


async def create_prediction(
    context: Context,
    tag: str,
    client: str,
    inputs: Iterable[tuple[str, Value]],
    data_url_limit: int | None,
    configuration: str | None,
) -> Prediction:
    client_of_predictor = await context.predicting(tag)
    return await client_of_predictor.create_prediction(
        tag, dict(inputs), client=client, data_url_limit=data_url_limit, configuration=configuration
    )


def input_value(
    name: str, dtype: str | None, data: str | None, shape: list[int] | None, typed: Iterable[tuple[str, Any]]
) -> Value:
    """One input, given as ``data`` with its type, or in one of the early typed forms (``stringValue`` and so on).

    ``typed`` holds the typed forms, null where not given, each with the dtype it is sent as. Raises ``BadInput`` for
    two forms at once, or for data without a type.
    """
    given = [(default, value) for default, value in typed if value is not None]
    if len(given) + (data is not None) > 1:
        raise BadInput(f"Input `{name}` has more than one value.")
    if given:
        default, value = given[0]
        return encode(value, dtype or default)
    if data is None:
        return Value(type="null")
    if dtype is None:
        raise BadInput(f"Input `{name}` has `data` but no `type`.")
    return Value(type=dtype, data=data, shape=shape)
