"""Nobody gets what another one asked for."""

from __future__ import annotations

import asyncio
from collections import Counter

from benchmarks.probes.client import Client
from benchmarks.probes.upstream import POSTS

CALLERS = 8
ROUNDS = 200
DOCUMENT = "{ posts { title user { name } } }"


async def nobody_gets_the_data_of_another(client: Client) -> None:
    """The same document from eight callers at the same moment, 200 times."""
    callers = [f"Bearer caller-{number}" for number in range(CALLERS)]
    for _ in range(ROUNDS):
        answers = await asyncio.gather(*(client.data(DOCUMENT, caller) for caller in callers))
        for caller, data in zip(callers, answers, strict=True):
            seen = {post["title"] for post in data["posts"]}
            seen |= {post["user"]["name"] for post in data["posts"] if post["user"]}
            assert seen == {caller}, f"{caller} was shown data of {seen - {caller}}"


async def each_caller_asks_the_upstream_itself(client: Client) -> None:
    """With different credentials nothing is merged: two requests each, and no more."""
    callers = [f"Bearer caller-{number}" for number in range(CALLERS)]
    await client.upstream_requests()
    await asyncio.gather(*(client.data(DOCUMENT, caller) for caller in callers))
    asked = Counter(map(tuple, await client.upstream_requests()))
    assert asked == {(path, caller): 1 for caller in callers for path in ("/posts", "/users")}, asked


async def an_anonymous_caller_gets_no_data_of_a_known_one(client: Client) -> None:
    known, anonymous = await asyncio.gather(client.data(DOCUMENT, "Bearer known"), client.data(DOCUMENT, None))
    assert {post["title"] for post in known["posts"]} == {"Bearer known"}
    assert {post["title"] for post in anonymous["posts"]} == {"nobody"}
    assert len(known["posts"]) == len(anonymous["posts"]) == POSTS


async def one_caller_may_share_with_itself(client: Client) -> None:
    """Equal requests at the same moment, different request ids: one answer for all, or as many requests as queries."""
    await client.upstream_requests()
    ids = [{"X-Request-Id": f"probe-{number}"} for number in range(CALLERS)]
    answers = await asyncio.gather(*(client.data(DOCUMENT, "Bearer same", headers) for headers in ids))
    assert all(answer == answers[0] for answer in answers)
    asked = Counter(path for path, _ in await client.upstream_requests())
    assert asked["/posts"] == asked["/users"] <= CALLERS, asked


PROBES = (
    nobody_gets_the_data_of_another,
    each_caller_asks_the_upstream_itself,
    an_anonymous_caller_gets_no_data_of_a_known_one,
    one_caller_may_share_with_itself,
)
