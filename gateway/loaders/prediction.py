"""Loaders of users and predictors."""

from __future__ import annotations

from typing import NamedTuple

from gateway.loaders.batching import Loader, side_by_side
from gateway.upstreams.prediction.client import PredictionClient
from gateway.upstreams.prediction.records import EnvironmentVariable, Predictor, PredictorStatus, Profile


class Search(NamedTuple):
    """A page of predictors that fit a text."""

    query: str | None
    offset: int
    limit: int


class UserPredictors(NamedTuple):
    """A page of a user's predictors; the caller's when ``username`` is None."""

    username: str | None
    status: PredictorStatus
    offset: int
    limit: int


class PredictionLoaders:
    """Users by name, predictors by tag, search and owner, environment variables by owner."""

    def __init__(self, client: PredictionClient) -> None:
        self.current_user: Loader[None, Profile] = side_by_side(lambda _: client.current_user())
        self.user_by_name: Loader[str, Profile | None] = side_by_side(client.user)
        self.predictor_by_tag: Loader[str, Predictor | None] = side_by_side(client.predictor)
        self.predictors_by_search: Loader[Search, list[Predictor]] = side_by_side(lambda key: client.predictors(*key))
        self.predictors_by_user: Loader[UserPredictors, list[Predictor]] = side_by_side(
            lambda key: client.user_predictors(*key)
        )
        self.environment_variables_by_user: Loader[str, list[EnvironmentVariable]] = side_by_side(
            client.environment_variables
        )
