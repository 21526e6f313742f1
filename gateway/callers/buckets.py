"""Token buckets by name, in memory: points that come back with time, and how many operations run.

``make`` of ``Buckets`` is where ``gateway.callers.ledger`` puts in buckets that several gateways share.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import msgspec

LOOKED_AT = 2
"""Old buckets that are looked at for each new one: more than one, so that the table shrinks when fewer call."""

ROUNDING_POINTS = 0.001
"""What may be missing, so that who waits exactly as long as it is told to passes."""


class Allowance(NamedTuple):
    """What a bucket allows: points that come back in a second, points that it holds, operations at once."""

    points_per_second: float
    burst_points: float
    max_running: int


class Bucket(msgspec.Struct, eq=False):
    """It keeps the time at which it is full again, from which all else follows.

    Source: the generic cell rate algorithm, ITU-T I.371, annex A.
    """

    allowance: Allowance
    full_at_s: float = 0.0
    running: int = 0

    def wait_s(self, points: float, now_s: float) -> float:
        """Seconds until ``points`` can be spent, 0 for now. More than it holds is waited for until it is full."""
        rate, burst, _ = self.allowance
        missing = min(points, burst) - burst + (self.full_at_s - now_s) * rate
        return missing / rate if missing > ROUNDING_POINTS else 0.0

    def spend(self, points: float, now_s: float) -> None:
        """Takes the points, whether it has them or not: what is missing, at most as much as it holds, is a debt."""
        rate, burst, _ = self.allowance
        full_at_s = (self.full_at_s if self.full_at_s > now_s else now_s) + points / rate
        latest_s = now_s + 2 * burst / rate
        self.full_at_s = full_at_s if full_at_s < latest_s else latest_s


class Buckets:
    """At most ``max_kept`` buckets.

    Only those that are full and idle are forgotten, so nobody gets rid of a debt by flooding the gateway with made-up
    names. Where that leaves no room, newcomers share one bucket.
    """

    def __init__(
        self, allowance: Allowance, max_kept: int, make: Callable[[Allowance, str], Bucket] | None = None
    ) -> None:
        """``make`` gives the bucket with a name, in place of one that is in memory alone."""
        self._allowance = allowance
        self._max_kept = max_kept
        self._make = make
        self._by_name: dict[str, Bucket] = {}
        # Those of `_by_name`, the next to be looked at first. An OrderedDict would take twice the time.
        self._names: deque[str] = deque()
        self._shared = Bucket(allowance)

    def __len__(self) -> int:
        return len(self._by_name)

    def of(self, name: str, now_s: float) -> Bucket:
        """The bucket with this name. Takes the same time however many there are."""
        return self._by_name.get(name) or self._new(name, now_s)

    def _new(self, name: str, now_s: float) -> Bucket:
        self._forget_some(now_s)
        if len(self._by_name) >= self._max_kept:
            return self._shared
        bucket = self._make(self._allowance, name) if self._make is not None else Bucket(self._allowance)
        self._by_name[name] = bucket
        self._names.append(name)
        return bucket

    def _forget_some(self, now_s: float) -> None:
        names, kept = self._names, self._by_name
        for _ in range(min(LOOKED_AT, len(names))):
            name = names.popleft()
            bucket = kept[name]
            if bucket.running or bucket.full_at_s > now_s:  # a new one would not be the same
                names.append(name)
            else:
                del kept[name]
