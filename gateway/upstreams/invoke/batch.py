"""Many invocations side by side: one result for each, as they finish."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.errors import Forbidden, GatewayError, Unauthenticated, UpstreamTimeout
from gateway.ticker import Ticker
from gateway.upstreams.invoke.invocations import Input
from gateway.upstreams.invoke.outputs import FunctionOutput
from gateway.upstreams.resilience.deadlines import Within

# What the vendor says of the function or the account, and would say of every other input too.
_OF_ALL = (Forbidden, Unauthenticated)


@dataclass(frozen=True, slots=True)
class Item:
    """The result for the input at ``index``: ``output`` or ``error``; it is the ``done``-th of ``total``."""

    index: int
    output: FunctionOutput | None
    error: GatewayError | None
    done: int
    total: int


Invoke = Callable[[Input], Awaitable[FunctionOutput]]


async def results(
    inputs: Sequence[Input], invoke: Invoke, parallel: int, deadline_s: float
) -> AsyncGenerator[Item, None]:
    """The results as they come, at most ``parallel`` invocations at once, until ``deadline_s`` of
    ``time.monotonic()``.

    A slow reader slows the sending down. A refusal that would meet every input is sent for only once: inputs that were
    not sent yet get it too. Closing the iterator cancels what is under way.
    """
    run = _Run(inputs, invoke, parallel, deadline_s)
    workers = [asyncio.create_task(run.work()) for _ in range(min(parallel, len(inputs)))]
    try:
        for done in range(1, len(inputs) + 1):
            index, result = await run.finished.get()
            if isinstance(result, FunctionOutput):
                yield Item(index, result, None, done, len(inputs))
            elif isinstance(result, GatewayError):
                yield Item(index, None, result, done, len(inputs))
            else:
                raise result
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


class _Run:
    def __init__(self, inputs: Sequence[Input], invoke: Invoke, parallel: int, deadline_s: float) -> None:
        self.finished: asyncio.Queue[tuple[int, FunctionOutput | Exception]] = asyncio.Queue(parallel)
        self._todo = iter(enumerate(inputs))
        self._invoke = invoke
        self._deadline_s = deadline_s
        self._refused: GatewayError | None = None
        self._ticker = Ticker()

    async def work(self) -> None:
        for index, given in self._todo:
            await self.finished.put((index, await self._result(given)))

    async def _result(self, given: Input) -> Any:
        if self._refused is not None:
            return self._refused
        try:
            with Within(self._deadline_s - time.monotonic(), self._ticker):
                return await self._invoke(given)
        except TimeoutError:
            return UpstreamTimeout("The input's turn did not come, or its answer did not, in time.", service="invoke")
        except _OF_ALL as error:
            self._refused = error
            return error
        except Exception as error:  # a fault of ours is raised by the reader, who would else wait for ever
            return error
