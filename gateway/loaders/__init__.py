"""Batching: one DataLoader per thing and key, new for each request, since a loader keeps answers and failures.

What is asked twice in one document is fetched once; what has no call for many is fetched side by side, at most so many
at once; a failure stands for its own key and fails no other.
"""

from __future__ import annotations

from gateway.loaders.deployment import DeploymentLoaders
from gateway.loaders.function_admin import FunctionAdminLoaders
from gateway.loaders.invoke import InvokeLoaders
from gateway.loaders.prediction import PredictionLoaders
from gateway.settings import Settings
from gateway.upstreams.clients import Clients


class Loaders:
    """The loaders of one request, by upstream."""

    def __init__(self, clients: Clients, settings: Settings) -> None:
        self.prediction = PredictionLoaders(clients.prediction)
        self.deployment = DeploymentLoaders(clients.deployment, settings.deployment.max_parallel)
        self.function_admin = FunctionAdminLoaders(clients.function_admin, settings.function_admin.max_parallel)
        self.invoke = InvokeLoaders(clients.invoke)
