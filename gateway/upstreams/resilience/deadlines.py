"""When an exchange must be over, and who is to blame when it is not."""

from __future__ import annotations

import asyncio
import math
import time
from types import TracebackType

from gateway.ticker import Ticker

CLOCK_S = 0.01
"""How far an event loop's clock may be off."""


class OutOfTime(TimeoutError):  # noqa: N818 (named for what it is, as in gateway.errors)
    """The caller's time ended before the upstream had its own.

    ``fair``: the upstream had at least half of its usual time, so that its silence says something about it.
    """

    def __init__(self, fair: bool = False) -> None:
        super().__init__("the caller's time is over")
        self.fair = fair


class Within:
    """As ``asyncio.timeout``, for seconds that are not changed, up to ``TICK_S`` late, at a tenth of its cost."""

    __slots__ = ("_cancelling", "_ends_s", "_expired", "_seconds", "_task", "_ticker")

    def __init__(self, seconds: float, ticker: Ticker) -> None:
        self._seconds = seconds
        self._ticker = ticker
        self._expired = False

    def __enter__(self) -> None:
        self._ends_s = time.monotonic() + self._seconds
        self._ticker.add(self)
        task = asyncio.current_task(self._ticker.loop)
        assert task is not None
        self._task = task
        self._cancelling = task.cancelling()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ticker.discard(self)
        if self._expired and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def look(self, now_s: float) -> None:
        """Cancel what takes too long, once."""
        if now_s >= self._ends_s:
            self._ticker.discard(self)
            self._expired = True
            self._task.cancel()


class Deadline:
    """Two moments of ``time.monotonic()``: the end of the exchange's own time, and the end of the caller's."""

    __slots__ = ("_caller_s", "_own_s")

    def __init__(self, total_s: float, caller_ends_s: float) -> None:
        self._own_s = time.monotonic() + total_s
        self._caller_s = caller_ends_s

    def left_s(self) -> float:
        """Seconds until the first of the two."""
        return min(self._own_s, self._caller_s) - time.monotonic()

    def caller_left_s(self) -> float | None:
        """Seconds until the caller's end; None where it has none."""
        return None if self._caller_s == math.inf else self._caller_s - time.monotonic()

    def extend(self, seconds: float) -> None:
        """Time that does not count for the exchange, such as waiting for a turn; for the caller it does."""
        self._own_s += seconds

    def for_try(self, usual_s: float) -> float:
        """Seconds for a try that usually has ``usual_s``. Raises ``OutOfTime`` when nothing is left for it."""
        limit_s = min(usual_s, self.left_s())
        if limit_s <= 0:
            raise OutOfTime
        return limit_s

    def check(self, given_s: float, usual_s: float) -> None:
        """After a try that timed out. Raises ``OutOfTime`` where the caller's time is over."""
        left_s = self.caller_left_s()
        if left_s is not None and left_s <= CLOCK_S:
            raise OutOfTime(fair=given_s >= usual_s / 2)
