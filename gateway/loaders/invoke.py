"""Loaders of trained functions and of what belongs to them."""

from __future__ import annotations

from typing import NamedTuple

from propcache.api import cached_property

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
        self._client = client

    @cached_property
    def trained_function_by_id(self) -> SideBySide[str, TrainedFunction | None]:
        return SideBySide(self._client.get)

    @cached_property
    def trained_functions_by_count(self) -> SideBySide[int, list[TrainedFunction]]:
        return SideBySide(self._client.list)

    @cached_property
    def kind_by_id(self) -> SideBySide[str, Kind]:
        return SideBySide(self._client.kind)

    @cached_property
    def labels_by_function(self) -> SideBySide[First, list[Label]]:
        client = self._client
        return SideBySide(lambda key: client.labels(*key))

    @cached_property
    def fields_by_function(self) -> SideBySide[First, list[Field]]:
        client = self._client
        return SideBySide(lambda key: client.fields(*key))

    @cached_property
    def samples_by_page(self) -> SideBySide[SamplePage, list[Sample]]:
        client = self._client
        return SideBySide(lambda key: client.samples(*key))
