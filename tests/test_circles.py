"""What a request made is gone when it is answered: no reference circles, which only the garbage collector could undo.

Circles kept all that a request had loaded until a collection, and made each request a tenth slower. Errors still leave
some: a traceback holds frames, and one of them the error.
"""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from gateway.sandbox.faults import Fault
from tests.harness import Gateway
from tests.sockets import connected

REPEATED = 5
DOCUMENTS = {
    "a constant": "{ __typename }",
    "lists": "{ predictors { tag signature { inputs { name } } } user { username predictors { tag } } }",
    "valves": "{ functions(input: {count: 50}) { id content valves } }",
    "endpoints": "{ deployments { id name endpoints { route } } }",
    "search": '{ search(input: {query: "e", count: 40}) { item { __typename ... on Deployment { name } } } }',
    "refused": "{ nope }",
    "parts": "{ functions { id ... @defer { content valves } } }",
    "a mutation": """mutation { createPrediction(input: {
        tag: "@fxn/greeting", client: "test", inputs: [{name: "name", stringValue: "ada"}]
    }) { results { stringValue } } }""",
}


async def left_by(work: Callable[[], Awaitable[object]]) -> Counter[str]:
    """Types of what only the collector could find, after the work has been done a few times."""
    for _ in range(2):
        await work()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for _ in range(REPEATED):
            await work()
        await asyncio.sleep(0.05)
        gc.collect()
        return Counter(f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def authorized(gateway: Gateway) -> dict[str, str]:
    return {"Authorization": f"Bearer {gateway.sandbox.accounts.yusuf_key}"}


async def test_a_circle_would_be_found() -> None:
    async def work() -> None:
        circle: list[object] = []
        circle.append(circle)

    assert await left_by(work) == {"builtins.list": REPEATED}


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_request_leaves_none(gateway: Gateway, name: str) -> None:
    assert await left_by(lambda: gateway.post(DOCUMENTS[name])) == {}


async def test_the_readmes_query_leaves_none(gateway: Gateway, readme_query: str) -> None:
    assert await left_by(lambda: gateway.post(readme_query)) == {}


async def test_a_request_that_takes_its_time_leaves_none(gateway: Gateway, readme_query: str) -> None:
    gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=0.1))
    assert await left_by(lambda: gateway.post(readme_query)) == {}


async def test_requests_that_share_leave_none(gateway: Gateway, readme_query: str) -> None:
    assert await left_by(lambda: asyncio.gather(*(gateway.post(readme_query) for _ in range(4)))) == {}


async def test_operations_of_a_socket_leave_none(gateway: Gateway, readme_query: str) -> None:
    async with connected(gateway, headers=authorized(gateway)) as socket:
        await socket.init()

        async def work() -> None:
            await socket.subscribe("1", readme_query)
            await socket.until_end("1")

        assert await left_by(work) == {}


async def test_a_rest_twin_leaves_none(gateway: Gateway) -> None:
    async def work() -> None:
        async with gateway.session.get(f"{gateway.url}/v1/users", headers=authorized(gateway)) as answer:
            assert (await answer.json())["username"] == "yusuf"

    assert await left_by(work) == {}
