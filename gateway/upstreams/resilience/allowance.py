"""What one operation may ask of the upstreams: until when, and how many requests."""

from __future__ import annotations

import math
import time

import msgspec

from gateway.errors import BadInput
from gateway.upstreams.recorder import Recorder


class Allowance(msgspec.Struct, eq=False):
    """Shared by all clients of one operation. Unlimited until ``limit`` is called.

    ``ends_s`` is the moment of ``time.monotonic()`` by which the operation must be answered. ``recorder`` sees its
    requests, where somebody wants to know them.
    """

    ends_s: float = math.inf
    recorder: Recorder | None = None
    _requests: float = math.inf
    _left: float = math.inf

    def limit(self, seconds: float, requests: int) -> None:
        """From now on the operation has so many seconds and upstream requests."""
        self.ends_s = time.monotonic() + seconds
        self._requests = self._left = requests

    def take(self) -> None:
        """Count a request; its retries do not count. Raises ``BadInput`` when all are used up."""
        if self._left <= 0:
            raise BadInput(f"The operation needs more than {self._requests} upstream requests.")
        self._left -= 1
