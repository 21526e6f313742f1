"""Loaders of trained functions."""

from __future__ import annotations

from strawberry.dataloader import DataLoader

from gateway.loaders.batching import side_by_side
from gateway.upstreams.invoke import InvokeClient, TrainedFunction


class InvokeLoaders:
    """Trained functions by id, and the first so many."""

    def __init__(self, client: InvokeClient) -> None:
        self.trained_function_by_id: DataLoader[str, TrainedFunction | None] = side_by_side(client.get)
        self.trained_functions_by_count: DataLoader[int, list[TrainedFunction]] = side_by_side(client.list)
