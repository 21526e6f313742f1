"""gql through each of its transports: gql_transports.py URL KEY (ada's). Prints `n of n`, then what does not hold."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

from gql import Client, GraphQLRequest, gql  # type: ignore[import-not-found]
from gql.transport.aiohttp import AIOHTTPTransport  # type: ignore[import-not-found]
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport  # type: ignore[import-not-found]
from gql.transport.exceptions import TransportQueryError  # type: ignore[import-not-found]
from gql.transport.httpx import HTTPXAsyncTransport  # type: ignore[import-not-found]
from gql.transport.requests import RequestsHTTPTransport  # type: ignore[import-not-found]
from gql.transport.websockets import WebsocketsTransport  # type: ignore[import-not-found]

URL, KEY = sys.argv[1:]
CREDENTIAL = {"Authorization": f"Bearer {KEY}"}
QUERY = "query Who($with: Boolean!) { who: user @include(if: $with) { ... on User { username } } }"
ADA = {"who": {"username": "ada"}}
FOLLOW = """subscription { prediction(input: {
  tag: "@fxn/stream", client: "test", inputs: [{name: "text", stringValue: "1 2 3"}]
}) { results { stringValue } } }"""

checks: list[tuple[str, Any, Any]] = []


def check(name: str, expected: Any, seen: Any) -> None:
    checks.append((name, expected, seen))


def who() -> Any:
    return GraphQLRequest(QUERY, variable_values={"with": True})


async def code_of(session: Any) -> Any:
    """The code of the error that a document gets which is wrong."""
    try:
        return await session.execute(gql("{ nothing }"))
    except TransportQueryError as error:
        return [each["extensions"]["code"] for each in error.errors]


async def words(states: AsyncIterator[Any]) -> list[str]:
    return [state["prediction"]["results"][0]["stringValue"] async for state in states]


async def over_http(transport: Callable[..., Any]) -> None:
    name = transport.__name__
    async with Client(transport=transport(url=URL, headers=CREDENTIAL), fetch_schema_from_transport=True) as session:
        check(f"{name}: the schema, and a query that fits it", ADA, await session.execute(who()))
    async with Client(transport=transport(url=URL, headers=CREDENTIAL)) as session:
        check(f"{name}: a query", ADA, await session.execute(who()))
        check(f"{name}: a document that is wrong", ["GRAPHQL_VALIDATION_FAILED"], await code_of(session))
        check(f"{name}: a batch", [ADA, ADA], await session.execute_batch([who(), who()]))


async def over_a_socket(transport: Callable[..., Any]) -> None:
    name = transport.__name__
    async with Client(transport=transport(url=URL.replace("http", "ws", 1), init_payload=CREDENTIAL)) as session:
        check(f"{name}: a query", ADA, await session.execute(who()))
        check(f"{name}: a subscription", ["1", "1 2", "1 2 3"], await words(session.subscribe(gql(FOLLOW))))
        check(f"{name}: a document that is wrong", ["GRAPHQL_VALIDATION_FAILED"], await code_of(session))


async def main() -> None:
    for transport in (AIOHTTPTransport, HTTPXAsyncTransport):
        await over_http(transport)
    for transport in (WebsocketsTransport, AIOHTTPWebsocketsTransport):
        await over_a_socket(transport)


asyncio.run(main())
check("RequestsHTTPTransport: a query", ADA, Client(transport=RequestsHTTPTransport(URL, CREDENTIAL)).execute(who()))
wrong = [f"{name}: {seen}" for name, expected, seen in checks if seen != expected]
sys.stdout.write("\n".join([f"{len(checks) - len(wrong)} of {len(checks)}", *wrong, ""]))
sys.exit(bool(wrong))
