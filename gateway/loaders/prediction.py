"""Loaders of users and predictors."""

from __future__ import annotations

from typing import NamedTuple

from propcache.api import cached_property

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
        self._client = client

    @cached_property
    def current_user(self) -> SideBySide[None, Profile]:
        client = self._client
        return SideBySide(lambda _: client.current_user())

    @cached_property
    def user_by_name(self) -> SideBySide[str, Profile | None]:
        return SideBySide(self._client.user)

    @cached_property
    def predictor_by_tag(self) -> SideBySide[str, Predictor | None]:
        return SideBySide(self._client.predictor)

    @cached_property
    def predictors_by_search(self) -> SideBySide[Search, list[Predictor]]:
        client = self._client
        return SideBySide(lambda key: client.predictors(*key))

    @cached_property
    def predictors_by_user(self) -> SideBySide[UserPredictors, list[Predictor]]:
        client = self._client
        return SideBySide(lambda key: client.user_predictors(*key))

    @cached_property
    def environment_variables_by_user(self) -> SideBySide[str, list[EnvironmentVariable]]:
        return SideBySide(self._client.environment_variables)
