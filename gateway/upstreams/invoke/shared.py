"""What all callers of the invoke upstream share for the life of the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cachetools import TTLCache

from gateway.settings import InvokeSettings
from gateway.upstreams.invoke.limits import Limiters
from gateway.upstreams.invoke.outputs import CLASSIFICATION, output_named
from gateway.upstreams.invoke.records import TrainedFunction

MAX_KINDS = 10_000
KIND_CACHE_S = 3600.0


class Kind(NamedTuple):
    """What a function takes and gives; neither changes in its life. ``input`` is None where it is not known."""

    output: str = CLASSIFICATION
    input: str | None = None


class Shared:
    """The accounts' limits, and the kinds of functions that were seen, for an hour.

    A function's kind is nobody's secret: it only decides which address an invocation goes to, where the vendor decides
    who may.
    """

    def __init__(self, settings: InvokeSettings) -> None:
        self.limiters = Limiters(settings.requests_per_second, settings.concurrent)
        self._kinds: TTLCache[str, Kind] = TTLCache(MAX_KINDS, KIND_CACHE_S)

    def kind(self, function_id: str) -> Kind | None:
        """The function's kind, if it was seen."""
        return self._kinds.get(_short(function_id))

    def remember(self, functions: Sequence[TrainedFunction]) -> None:
        for function in functions:
            if function.output is not None:
                output = output_named(function.output) or CLASSIFICATION
                self._kinds[_short(function.id)] = Kind(output, function.input)


def _short(function_id: str) -> str:
    """Without its prefix, which may be left out."""
    return function_id.removeprefix("function_")
