"""What one operation may ask of the upstreams: until when, and how many requests."""

from __future__ import annotations

import math
import time

from gateway.errors import BadInput
from gateway.upstreams.recorder import Recorder


class Allowance:
    """Shared by all clients of one operation. Unlimited until ``limit`` is called.

    ``ends_s`` is the moment of ``time.monotonic()`` by which the operation must be answered. ``recorder`` sees its
    requests, where somebody wants to know them.
    """

    __slots__ = ("_left", "_requests", "ends_s", "recorder")

    def __init__(self) -> None:
        self.ends_s = math.inf
        self._requests = self._left = math.inf
        self.recorder: Recorder | None = None

    def limit(self, seconds: float, requests: int) -> None:
        """From now on the operation has so many seconds and upstream requests."""
        self.ends_s = time.monotonic() + seconds
        self._requests = self._left = requests

    def take(self) -> None:
        """Count a request; its retries do not count. Raises ``BadInput`` when all are used up."""
        if self._left <= 0:
            raise BadInput(f"The operation needs more than {self._requests} upstream requests.")
        self._left -= 1
