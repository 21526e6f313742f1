"""A second request for a read that is slow to answer: the first answer wins, the other request is cancelled.

J. Dean, L. A. Barroso, "The Tail at Scale" (2013), section "Hedged requests".
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from gateway.upstreams.answer import Answer
from gateway.upstreams.requests import Call


class Hedge:
    """``once`` of reads, asked again when there is no answer after ``after_s``, if the retry budget allows it.

    A failure, or a 5xx, loses against an answer that is still to come.
    """

    def __init__(self, once: Callable[[Call], Awaitable[Answer]], after_s: float) -> None:
        self._once = once
        self._after_s = after_s

    async def once(self, call: Call) -> Answer:
        racing = {asyncio.ensure_future(self._once(call))}
        try:
            done, racing = await asyncio.wait(racing, timeout=self._after_s)
            if racing and call.peer.budget.spend():
                racing.add(asyncio.ensure_future(self._once(call)))
            while True:
                won = [runner for runner in done if _won(runner)]
                if won or not racing:
                    return (won or list(done))[0].result()
                done, racing = await asyncio.wait(racing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for runner in racing:
                runner.cancel()
            await asyncio.gather(*racing, return_exceptions=True)


def _won(runner: asyncio.Future[Answer]) -> bool:
    return not runner.cancelled() and runner.exception() is None and runner.result().status < 500
