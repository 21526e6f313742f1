"""Loaders of users and predictors."""

from __future__ import annotations

from typing import NamedTuple

from gateway.loaders.batching import SideBySide
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
        self.current_user: SideBySide[None, Profile] = SideBySide(lambda _: client.current_user())
        self.user_by_name: SideBySide[str, Profile | None] = SideBySide(client.user)
        self.predictor_by_tag: SideBySide[str, Predictor | None] = SideBySide(client.predictor)
        self.predictors_by_search: SideBySide[Search, list[Predictor]] = SideBySide(lambda key: client.predictors(*key))
        self.predictors_by_user: SideBySide[UserPredictors, list[Predictor]] = SideBySide(
            lambda key: client.user_predictors(*key)
        )
        self.environment_variables_by_user: SideBySide[str, list[EnvironmentVariable]] = SideBySide(
            client.environment_variables
        )
