"""How many retries and hedges an upstream bears: a share of its requests, so that a failing one is not finished off.

As in Finagle's ``RetryBudget`` and the retry budgets of Envoy: a share, over the last ten seconds, on top of a small
floor for a gateway that has little to do. A retry counts when it is decided on, not when it is sent, so that many who
wait to retry together do not all see a budget that is still unused.
"""

from __future__ import annotations

from gateway.upstreams.resilience.window import Window

WINDOW_S = 10.0


class RetryBudget:
    """At most ``floor`` retries in ten seconds, and a ``share`` of the requests in them."""

    def __init__(self, share: float, floor: int) -> None:
        self._share = share
        self._floor = floor
        self._window = Window(WINDOW_S)

    def asked(self) -> None:
        """A request that is no retry."""
        self._window.add(1, 0)

    def spend(self) -> bool:
        """Whether there may be a retry now; counts it if so."""
        self._window.advance()
        if self._window.marked + 1 > self._floor + self._share * self._window.total:
            return False
        self._window.add(0, 1)
        return True
