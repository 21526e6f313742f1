"""A circuit breaker: an upstream that fails is left alone for a while, then tried with one request.

The pattern is that of M. Nygard, "Release It!", with a failure rate over a sliding window, as resilience4j and Envoy's
outlier detection have it.
"""

from __future__ import annotations

import time
from enum import Enum

import structlog

from gateway.errors import UpstreamUnavailable
from gateway.settings import UpstreamSettings
from gateway.upstreams.resilience.window import Window

log = structlog.get_logger("fngraph.breaker")

# What who comes during a trial is told: it takes about a request's time.
TRIAL_S = 1.0


class BreakerState(Enum):
    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class Breaker:
    """Opens when enough requests of the window failed; each time that the trial fails, for twice as long.

    Every ``admit`` is followed by one ``settle`` with what it returned.
    """

    def __init__(self, service: str, settings: UpstreamSettings) -> None:
        self._service = service
        self._min_requests = settings.breaker_min_requests
        self._max_failures = settings.breaker_failure_rate
        self._first_open_s = settings.breaker_open_s
        self._longest_open_s = settings.breaker_max_open_s
        self._window = Window(settings.breaker_window_s)
        self._closed = True
        self._open_s = self._first_open_s
        self._until_s = 0.0
        self._period = 0
        self._trying = False

    @property
    def state(self) -> BreakerState:
        if self._closed:
            return BreakerState.CLOSED
        return BreakerState.OPEN if time.monotonic() < self._until_s else BreakerState.HALF_OPEN

    @property
    def refuses(self) -> bool:
        """Whether a request would be refused now."""
        return not self._closed and (self._trying or time.monotonic() < self._until_s)

    def admit(self) -> int:
        """A permit for one request. Raises ``UpstreamUnavailable`` while open, and while a trial is under way."""
        if self._closed:
            return self._period
        if self.refuses:
            raise UpstreamUnavailable(
                "The upstream is failing, so no requests are sent to it for now.",
                retry_after_s=round(max(self._until_s - time.monotonic(), TRIAL_S), 1),
            )
        self._trying = True
        return self._period

    def settle(self, permit: int, failed: bool | None) -> None:
        """How it went; None where it says nothing about the upstream. A result from before a change is ignored."""
        if permit != self._period:
            return
        if not self._closed:
            self._trying = False
            if failed is not None:
                self._after_trial(failed)
        elif failed is not None:
            self._window.add(1, failed)
            if failed and self._fails():
                self._open(self._first_open_s)

    def _fails(self) -> bool:
        total = self._window.total
        return total >= self._min_requests and self._window.marked >= total * self._max_failures

    def _after_trial(self, failed: bool) -> None:
        if failed:
            self._open(min(self._open_s * 2, self._longest_open_s))
            return
        self._closed = True
        self._period += 1
        self._window.clear()
        log.warning("breaker closed", service=self._service)

    def _open(self, seconds: float) -> None:
        self._closed = False
        self._period += 1
        self._open_s = seconds
        self._until_s = time.monotonic() + seconds
        log.warning("breaker open", service=self._service, seconds=seconds)
