"""Three copies behind a balancer, two of them killed in turn under load: what may be repeated is never lost."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import signal
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from tests.copies.balancer import Balancer, balancing
from tests.copies.copies import Copy, copies

pytestmark = pytest.mark.slow

QUERY = urlencode({"query": "{ user { username } predictors(input: {count: 2}) { name } }"})
PREDICT = """mutation ($name: String!) { createPrediction(input: {
  tag: "@fxn/greeting", client: "test", inputs: [{name: "name", stringValue: $name}]
}) { results { stringValue } } }"""
QUERIES, MUTATIONS = 8, 4
"""Clients that ask one after the other."""
MORE = 30
"""Answers of each kind that must come between two events, so that there is load all the time."""


class Load:
    """Clients of both kinds at an address; ``queries`` and ``mutations`` are what they were answered."""

    def __init__(self, url: str, key: str) -> None:
        self.queries: list[tuple[int, Any]] = []
        self.mutations: dict[str, tuple[int, Any]] = {}
        self._url = url + "/graph"
        self._headers = {"Authorization": f"Bearer {key}", "GraphQL-Require-Preflight": "1"}
        self._names = (f"caller-{number}" for number in itertools.count())
        self._ends = False

    async def run(self) -> None:
        async with aiohttp.ClientSession(headers=self._headers) as session:
            asking = [self._query(session) for _ in range(QUERIES)]
            changing = [self._mutate(session) for _ in range(MUTATIONS)]
            await asyncio.gather(*asking, *changing)

    async def more(self) -> None:
        """Until further answers of both kinds have come."""
        queries, mutations = len(self.queries) + MORE, len(self.mutations) + MORE
        async with asyncio.timeout(60):
            while len(self.queries) < queries or len(self.mutations) < mutations:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    def end(self) -> None:
        self._ends = True

    async def _query(self, session: aiohttp.ClientSession) -> None:
        while not self._ends:
            async with session.get(f"{self._url}?{QUERY}") as response:
                self.queries.append((response.status, await response.read()))

    async def _mutate(self, session: aiohttp.ClientSession) -> None:
        while not self._ends:
            name = next(self._names)
            body = {"query": PREDICT, "variables": {"name": name}}
            async with session.post(self._url, json=body) as response:
                self.mutations[name] = (response.status, await response.read())


def sent(sandbox: Sandbox) -> Counter[str]:
    """How often each mutation has reached the upstream, by its name, which comes as a data URL."""
    bodies = [json.loads(request.body) for request in sandbox.prediction.log if request.path.startswith("/predict/")]
    assert bodies
    return Counter(base64.b64decode(body["name"]["data"].partition(",")[2]).decode() for body in bodies)


async def kill_two_in_turn(gateways: list[Copy], load: Load) -> int:
    """The number of mutations that were answered before the first copy was killed without a warning."""
    first, second, _ = gateways
    await load.more()
    assert await first.end(signal.SIGTERM) == 0
    await load.more()
    await first.start()
    await load.more()
    gentle = len(load.mutations)
    await second.end(signal.SIGKILL)
    await load.more()
    await second.start()
    await load.more()
    return gentle


async def test_no_request_is_lost_that_may_be_repeated_and_no_mutation_is_sent_twice(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    sandbox.prediction.faults.set(Fault("slow", match="predict", delay_s=0.2))
    unlimited = {"points_per_second": 10_000_000, "burst_points": 100_000_000}
    async with (
        copies(tmp_path, sandbox, 3, shutdown_delay_s=2, shutdown_timeout_s=20, callers=unlimited) as gateways,
        balancing([copy.url for copy in gateways]) as (url, balancer),
    ):
        load = Load(url, sandbox.accounts.yusuf_key)
        await ready(balancer)
        running = asyncio.create_task(load.run())
        gentle = await kill_two_in_turn(gateways, load)
        load.end()
        await running

    assert Counter(status for status, _ in load.queries) == {200: len(load.queries)}
    assert len({body for _, body in load.queries}) == 1
    answered = {name for name, (status, _) in load.mutations.items() if status == 200}
    lost = set(load.mutations) - answered
    assert lost.isdisjoint(list(load.mutations)[:gentle])
    assert len(lost) <= MUTATIONS  # those that ran in the killed one, which nobody may repeat
    assert {load.mutations[name][0] for name in lost} <= {502}
    assert all(b"Hello, " + name.encode() in load.mutations[name][1] for name in answered)
    times = sent(sandbox)
    assert [name for name in answered if times[name] != 1] == []
    assert [name for name in lost if times[name] > 1] == []
    assert balancer.retried > 0


async def ready(balancer: Balancer) -> None:
    """Until all copies are in turn."""
    async with asyncio.timeout(20):
        while len(balancer.ready) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
