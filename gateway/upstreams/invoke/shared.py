"""What all callers of the invoke upstream share for the life of the gateway."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from gateway.settings import InvokeSettings
from gateway.upstreams.invoke.limits import Limiters
from gateway.upstreams.invoke.outputs import CLASSIFICATION, output_named
from gateway.upstreams.invoke.records import TrainedFunction

PREFIX = "function_"
MAX_KINDS = 10_000
KIND_CACHE_S = 3600.0


class Kind(NamedTuple):
    """What a function takes and gives; neither changes in its life. ``input`` is None where it is not known."""

    output: str = CLASSIFICATION
    input: str | None = None


class _Seen(NamedTuple):
    """A kind, until a moment of ``time.monotonic()``."""

    kind: Kind
    until_s: float


class Shared:
    """The accounts' limits, and the kinds of functions that were seen, for an hour.

    A function's kind is nobody's secret: it only decides which address an invocation goes to, where the vendor decides
    who may.
    """

    def __init__(self, settings: InvokeSettings) -> None:
        self.limiters = Limiters(settings.requests_per_second, settings.concurrent)
        self._seen: dict[str, _Seen] = {}

    def kind(self, function_id: str) -> Kind | None:
        """The function's kind, if it was seen."""
        seen = self._seen.get(_whole(function_id))
        return seen.kind if seen is not None and time.monotonic() < seen.until_s else None

    def remember(self, functions: Sequence[TrainedFunction]) -> None:
        """Lists come far more often than something new in them, so what is known is passed over."""
        now_s = time.monotonic()
        for function in functions:
            seen = self._seen.get(function.id)
            if function.output is not None and (seen is None or seen.until_s <= now_s):
                kind = Kind(output_named(function.output) or CLASSIFICATION, function.input)
                self._keep(_whole(function.id), _Seen(kind, now_s + KIND_CACHE_S))

    def _keep(self, function_id: str, seen: _Seen) -> None:
        """In place of the oldest, where there are too many."""
        self._seen.pop(function_id, None)
        if len(self._seen) >= MAX_KINDS:
            del self._seen[next(iter(self._seen))]
        self._seen[function_id] = seen


def _whole(function_id: str) -> str:
    """With its prefix, which callers may leave out, and lists have."""
    return function_id if function_id.startswith(PREFIX) else PREFIX + function_id
