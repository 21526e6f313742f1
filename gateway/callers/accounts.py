"""How much each caller may have: points by time, and operations at once. docs/limits.md, "Callers", has the numbers.

A caller pays an operation's cost (``limits/weight.py``), at least ``min_points``, and for the time that reading its
document took. Of its account, ``check`` comes before any work, ``admit`` once the cost is known, ``charge_refused``
where it never is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from types import TracebackType

import msgspec

from gateway.auth.caller_id import CallerId
from gateway.callers.buckets import Allowance, Bucket, Buckets
from gateway.callers.ledger import Ledger
from gateway.errors import RateLimited
from gateway.settings import CallerSettings

POINTS_PER_SECOND_OF_WORK = 500_000
"""What reading and validating a document costs: the worst that are refused take 30 ms."""
CROWDED_RETRY_S = 1.0
"""Nobody knows when an operation ends."""


class Account(msgspec.Struct, eq=False):
    """What a caller has left, for one request of it. A context manager: the place of an operation while it runs."""

    _buckets: tuple[Bucket, ...]
    _min_points: int
    _clock: Callable[[], float]

    def __enter__(self) -> None:
        for bucket in self._buckets:
            bucket.running += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for bucket in self._buckets:
            bucket.running -= 1

    def check(self) -> None:
        """Raises ``RateLimited`` for a caller that could not even pay an operation of the smallest cost."""
        self._check(self._min_points, self._clock())

    def admit(self, cost: float, spent_s: float = 0.0) -> Account:
        """Charge an operation that cost ``spent_s`` seconds to prepare; enter the account while it runs.

        Raises ``RateLimited`` with ``retry_after_s``, and charges nothing then, if the caller has not enough left or
        too much runs for it.
        """
        now_s = self._clock()
        points = max(cost, self._min_points) + spent_s * POINTS_PER_SECOND_OF_WORK
        self._check(points, now_s)
        for bucket in self._buckets:
            bucket.spend(points, now_s)
        return self

    def charge_refused(self, spent_s: float = 0.0) -> None:
        """Charge a request that was refused before its cost was known, after ``spent_s`` seconds of work."""
        now_s = self._clock()
        for bucket in self._buckets:
            bucket.spend(self._min_points + spent_s * POINTS_PER_SECOND_OF_WORK, now_s)

    def _check(self, points: float, now_s: float) -> None:
        wait_s = 0.0
        for bucket in self._buckets:
            if bucket.running >= bucket.allowance.max_running:
                raise RateLimited("Too many operations at once.", retry_after_s=CROWDED_RETRY_S)
            if bucket.full_at_s > now_s:
                wait_s = max(wait_s, bucket.wait_s(points, now_s))
        if wait_s > 0:
            raise RateLimited("Too many requests in a short time.", retry_after_s=math.ceil(wait_s * 1000) / 1000)


class Callers:
    """What all callers have left. Lives as long as the gateway; ``clock`` gives seconds and never goes back.

    With a ``ledger``, points are those of all gateways that share its store; operations at once are this one's own.
    """

    def __init__(
        self, settings: CallerSettings, clock: Callable[[], float] = time.monotonic, ledger: Ledger | None = None
    ) -> None:
        own = Allowance(settings.points_per_second, settings.burst_points, settings.max_operations)
        factor = settings.address_factor
        address = Allowance(own[0] * factor, own[1] * factor, own[2] * factor)
        self._own = Buckets(own, settings.max_kept, ledger.bucket("caller") if ledger else None)
        self._addresses = Buckets(address, settings.max_kept, ledger.bucket("address") if ledger else None)
        self._min_points = settings.min_points
        self._clock = clock

    def account(self, caller: CallerId) -> Account:
        """What the caller has left now; to be asked for anew with each request."""
        own, address, now_s = caller.own, caller.address, self._clock()
        if address is None:
            buckets: tuple[Bucket, ...] = (self._own.of(own or "", now_s),)
        elif own is None:
            buckets = (self._addresses.of(address, now_s),)
        else:
            buckets = self._own.of(own, now_s), self._addresses.of(address, now_s)
        return Account(buckets, self._min_points, self._clock)
