"""How long a run may take."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Rounds, seconds of load in each, and when to start nothing new (``time.monotonic``)."""

    rounds: int
    load_s: float
    deadline_s: float

    @property
    def over(self) -> bool:
        return time.monotonic() > self.deadline_s


def quick() -> Effort:
    return Effort(rounds=1, load_s=2, deadline_s=time.monotonic() + 4 * 60)


def full() -> Effort:
    """Many short rounds: what else the host does comes and goes by the second, and a median passes it by."""
    return Effort(rounds=5, load_s=2, deadline_s=time.monotonic() + 38 * 60)
