"""Points of callers that several gateways share: spent here at once, and told to the store behind the requests' backs.

No request waits for the store. What is spent is told within ``TELL_S``, and the sooner the less the caller has left,
for all callers in one step; the answer is what all gateways together have spent. So a caller may get ahead by what it
spends at other gateways in that time; that is a debt like any other, which it pays back before it gets more.
docs/decisions/0012 has the other ways.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from itertools import islice

from gateway.callers.buckets import Allowance, Bucket
from gateway.store.interface import Charge, Store

TELL_S = 0.01
"""The longest between two messages to the store; the first one after a pause goes out at once."""
MAX_CHARGES = 500
"""In one message."""


class SharedBucket(Bucket, eq=False, kw_only=True):
    """Its time to be full is the later one of what this gateway knows, and what the store says of all of them."""

    name: str
    ledger: Ledger
    untold: float = 0.0

    def spend(self, points: float, now_s: float) -> None:
        super().spend(points, now_s)
        self.untold = min(self.untold + points, 2 * self.allowance.burst_points)
        self.ledger.tell(self)

    def share_left(self, now_s: float) -> float:
        """Which share of its points it has, 0 to 1."""
        rate, burst, _ = self.allowance
        return min(max(1 - (self.full_at_s - now_s) * rate / burst, 0.0), 1.0)

    def told(self, full_in_s: float, now_s: float) -> None:
        """The store has what was spent, and says when the bucket is full without what was spent since."""
        full_at_s = now_s + full_in_s + self.untold / self.allowance.points_per_second
        self.full_at_s = max(self.full_at_s, full_at_s)


class Ledger:
    """What the store has not been told yet."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._untold: dict[str, SharedBucket] = {}
        self._telling: asyncio.Task[None] | None = None

    def bucket(self, kind: str) -> Callable[[Allowance, str], SharedBucket]:
        """What makes shared buckets of a kind, by their name."""
        names = self._store.names
        return lambda allowance, name: SharedBucket(allowance, name=names.of("points", kind, name), ledger=self)

    def tell(self, bucket: SharedBucket) -> None:
        """Have the store told soon."""
        self._untold[bucket.name] = bucket
        if self._telling is None or self._telling.done():
            self._telling = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        while self._untold:
            buckets = [self._untold.pop(name) for name in list(islice(self._untold, MAX_CHARGES))]
            charges = [Charge(each.name, each.untold, *each.allowance[:2]) for each in buckets]
            for each in buckets:
                each.untold = 0.0
            waits = await self._store.charge(charges)
            now_s = self._clock()
            for each, wait_s in zip(buckets, waits, strict=False):
                each.told(wait_s, now_s)
            await asyncio.sleep(TELL_S * min(each.share_left(now_s) for each in buckets))
