"""Everybody gets what was asked for, and an error stays where it happened."""

from __future__ import annotations

import asyncio

from benchmarks.posts.data import GREETING
from benchmarks.probes.client import Client
from benchmarks.probes.upstream import BROKEN, MISSING_USER, POSTS, SECRET

TWO = "query A { greet } query B { posts { id } }"
CALLER = "Bearer caller"


async def operation_name_is_obeyed(client: Client) -> None:
    """Same text, another operation: one after the other, and at the same moment."""
    expected = {"A": {"greet": GREETING}, "B": {"posts": [{"id": number} for number in range(1, POSTS + 1)]}}
    for name in ("A", "B", "A"):
        assert await client.data(TWO, CALLER, name=name) == expected[name], name
    names = ["A", "B"] * 10
    answers = await asyncio.gather(*(client.data(TWO, CALLER, name=name) for name in names))
    assert answers == [expected[name] for name in names]


async def two_operations_without_a_name_are_refused(client: Client) -> None:
    answer = await client.answer(TWO, CALLER)
    assert answer.get("data") is None, answer
    assert answer["errors"], answer


async def one_failing_row_costs_that_row_alone(client: Client) -> None:
    answer = await client.answer("{ posts { id user { name } } }", CALLER)
    rows = answer["data"]["posts"]
    assert len(rows) == POSTS
    assert [row["id"] for row in rows if row["user"] is None] == [MISSING_USER], rows
    assert [error["path"] for error in answer["errors"]] == [["posts", MISSING_USER - 1, "user"]], answer["errors"]


async def unknown_names_are_refused(client: Client) -> None:
    for document in ("{ posts { id nope } }", "{ greet(x: 1) }", "{ posts { user } }"):
        answer = await client.answer(document, CALLER)
        assert answer.get("data") is None, answer
        assert answer["errors"], answer


async def an_error_tells_nothing_of_the_upstream(client: Client) -> None:
    """No address, no port, no header, no body of a 500."""
    answer = await client.answer("{ posts { id } }", BROKEN)
    assert answer["errors"], answer
    text = str(answer)
    for secret in (SECRET, "127.0.0.1", str(client.upstream_port), "broken"):
        assert secret not in text, f"{secret!r} is shown: {text}"


async def aliases_and_variables_belong_to_their_request(client: Client) -> None:
    """The same text with other variables at the same moment."""
    document = "query ($more: Boolean!) { posts { id title @include(if: $more) } }"
    wanted = [True, False] * 10
    answers = await asyncio.gather(*(client.data(document, CALLER, variables={"more": more}) for more in wanted))
    assert [("title" in answer["posts"][0]) for answer in answers] == wanted


PROBES = (
    operation_name_is_obeyed,
    two_operations_without_a_name_are_refused,
    one_failing_row_costs_that_row_alone,
    unknown_names_are_refused,
    an_error_tells_nothing_of_the_upstream,
    aliases_and_variables_belong_to_their_request,
)
