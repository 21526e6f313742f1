"""What an operation really asked of the upstreams, and when: recorded for who may see its plan."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.upstreams.answer import Answer


@dataclass(slots=True)
class Recorded:
    """A request, with its retries. ``path`` is below the upstream's address, or below a service's (``elsewhere``).

    It may hold ids and keys, so the declared path is shown in its place. Seconds count from the operation's begin;
    ``duration_s`` is None while the request is under way, ``status`` where there is no answer.
    """

    service: str
    method: str
    path: str = field(repr=False)
    elsewhere: bool
    start_s: float
    duration_s: float | None = None
    status: int | None = None


class Recorder:
    """Made when the operation begins."""

    def __init__(self) -> None:
        self._begun_s = time.perf_counter()
        self.requests: list[Recorded] = []

    @property
    def elapsed_s(self) -> float:
        """Since the operation began."""
        return time.perf_counter() - self._begun_s

    async def watched(
        self, answering: Awaitable[Answer], service: str, method: str, path: str, *, elsewhere: bool
    ) -> Answer:
        """What ``answering`` gives, with the request recorded."""
        recorded = Recorded(service, method, path, elsewhere, self.elapsed_s)
        self.requests.append(recorded)
        try:
            answer = await answering
            recorded.status = answer.status
            return answer
        finally:
            recorded.duration_s = self.elapsed_s - recorded.start_s
