"""Loaders of trained functions and of what belongs to them."""

from __future__ import annotations

from typing import NamedTuple

from gateway.loaders.batching import SideBySide
from gateway.upstreams.invoke.client import InvokeClient
from gateway.upstreams.invoke.records import Field, Label, Sample, SampleFilter, TrainedFunction
from gateway.upstreams.invoke.shared import Kind


class First(NamedTuple):
    """The first ``needed`` of a function's labels or fields."""

    function_id: str
    needed: int


class SamplePage(NamedTuple):
    """A page of a function's samples."""

    function_id: str
    offset: int
    limit: int
    chosen: SampleFilter


class InvokeLoaders:
    """Trained functions by id, the first so many, and their kinds; labels, fields and samples by function and page."""

    def __init__(self, client: InvokeClient) -> None:
        self.trained_function_by_id: SideBySide[str, TrainedFunction | None] = SideBySide(client.get)
        self.trained_functions_by_count: SideBySide[int, list[TrainedFunction]] = SideBySide(client.list)
        self.kind_by_id: SideBySide[str, Kind] = SideBySide(client.kind)
        self.labels_by_function: SideBySide[First, list[Label]] = SideBySide(lambda key: client.labels(*key))
        self.fields_by_function: SideBySide[First, list[Field]] = SideBySide(lambda key: client.fields(*key))
        self.samples_by_page: SideBySide[SamplePage, list[Sample]] = SideBySide(lambda key: client.samples(*key))
