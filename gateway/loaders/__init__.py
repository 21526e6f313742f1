"""Batching: one loader per thing and key, new for each request, since a loader keeps answers and failures.

What is asked twice in one document is fetched once; what has no call for many is fetched side by side, at most so many
at once; a failure stands for its own key and fails no other.

What fetches must not hold the loaders that hold it: all that a request has loaded would stay until the garbage
collector comes by.
"""

from __future__ import annotations

from propcache.api import cached_property

from gateway.loaders.deployment import DeploymentLoaders
from gateway.loaders.function_admin import FunctionAdminLoaders
from gateway.loaders.invoke import InvokeLoaders
from gateway.loaders.prediction import PredictionLoaders
from gateway.settings import Settings
from gateway.upstreams.clients import Clients


class Loaders:
    """The loaders of one request, by upstream."""

    def __init__(self, clients: Clients, settings: Settings) -> None:
        self._clients = clients
        self._settings = settings

    @cached_property
    def prediction(self) -> PredictionLoaders:
        return PredictionLoaders(self._clients.prediction)

    @cached_property
    def deployment(self) -> DeploymentLoaders:
        return DeploymentLoaders(self._clients.deployment, self._settings.deployment.max_parallel)

    @cached_property
    def function_admin(self) -> FunctionAdminLoaders:
        return FunctionAdminLoaders(self._clients.function_admin, self._settings.function_admin.max_parallel)

    @cached_property
    def invoke(self) -> InvokeLoaders:
        return InvokeLoaders(self._clients.invoke)
