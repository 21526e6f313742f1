"""The operations. None raises because a store is away, full or wrong: it then does what one in memory would."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from gateway.store.names import Names

MAX_MARK_BYTES = 64
"""Of what ``settle`` holds."""
MAX_MEMBERS = 10_000
"""Of a set."""


class Charge(NamedTuple):
    """Points that a bucket is to be charged with; it gets ``points_per_second`` back, and holds ``burst_points``."""

    name: str
    points: float
    points_per_second: float
    burst_points: float

    @property
    def most_s(self) -> float:
        """The longest that a bucket takes to be full: its debt is at most what it holds."""
        return 2 * self.burst_points / self.points_per_second


class Seats(NamedTuple):
    """Places for requests: so many at once, and so many in any ``window_s``, in which those at once count too.

    Who holds one must say so within ``lease_s``, or it is given to others.
    """

    at_once: int
    in_window: int
    window_s: float
    lease_s: float


class Store(Protocol):
    """Values by name, bounded in size and in time (seconds). A value that has the wrong form is as good as none."""

    shared: bool
    """Whether other copies of the gateway see what is put here."""
    names: Names

    @property
    def degraded(self) -> bool:
        """Whether it is ``shared``, but cannot be reached: what is put here stays here."""

    async def get(self, name: str, max_bytes: int) -> bytes | None:
        """The value; None for one that is not there, empty, or larger."""

    async def put(self, name: str, value: bytes, ttl_s: float) -> bool:
        """Replace the value. False if the other copies do not see it."""

    async def settle(self, name: str, mark: bytes, ttl_s: float) -> bytes:
        """What all agree on: the mark that is there, else this one; at most 64 bytes."""

    async def remove(self, name: str, mark: bytes) -> None:
        """Take the mark away, if it is this one."""

    async def charge(self, charges: Sequence[Charge]) -> Sequence[float]:
        """Charge buckets, whether they have the points or not; the seconds until each is full again.

        Source: the generic cell rate algorithm, ITU-T I.371, annex A.
        """

    async def enter(self, name: str, lease: str, seats: Seats) -> float:
        """Take or keep a place for ``lease``: 0.0, or the seconds after which to ask again."""

    async def leave(self, name: str, lease: str, seats: Seats) -> None:
        """Give it back; it counts in the window from now on."""

    async def add(self, name: str, members: Collection[str], ttl_s: float) -> bool:
        """Put members into a set, each for ``ttl_s``. False if it is full, or the other copies do not see them."""

    async def members(self, name: str) -> frozenset[str]:
        """Those of a set: at most 10,000."""

    async def __aenter__(self) -> Store: ...

    async def __aexit__(self, *_: object) -> None: ...
