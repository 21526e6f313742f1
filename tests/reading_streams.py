"""Reading a stream of an endpoint in either of its two forms: by subscription, and by REST."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.deployment_upstream import SERVICE_ID
from tests.harness import Gateway
from tests.subscribing import subscribed

STREAM = "subscription ($input: InvokeEndpointInput!) { endpointStream(input: $input) }"
FORMS = ["subscription", "rest"]


class BrokeOffError(Exception):
    """The stream ended with a failure; the text is its code, where the form has one."""


def rest(gateway: Gateway, path: str = f"{SERVICE_ID}/stream/stream", key: str = "user", **more: Any) -> Any:
    """The REST twin's answer, as a context."""
    accounts = gateway.sandbox.accounts
    secret = {"user": accounts.ada_key, "anonymous": "null"}[key]
    headers = {"Authorization": f"Bearer {secret}"} | more.pop("headers", {})
    method = more.pop("method", "POST")
    return gateway.session.request(method, f"{gateway.url}/deployments/{path}", headers=headers, **more)


@contextlib.asynccontextmanager
async def streamed(
    gateway: Gateway, form: str, deployment: str = SERVICE_ID, route: str = "/stream", **arguments: Any
) -> AsyncIterator[AsyncIterator[str]]:
    """The texts of a stream in one of the two forms; raises ``BrokeOffError`` after them where it fails."""
    if form == "subscription":
        variables = {"input": {"deployment": deployment, "route": route, "arguments": arguments}}
        async with subscribed(gateway, STREAM, variables) as events:
            yield of_events(events)
    else:
        async with rest(gateway, f"{deployment}/stream{route}", json=arguments) as answer:
            yield of_answer(answer)


async def of_events(events: AsyncIterator[dict[str, Any]]) -> AsyncIterator[str]:
    async for event in events:
        if "errors" in event:
            raise BrokeOffError(event["errors"][0]["extensions"]["code"])
        yield event["data"]["endpointStream"]


async def of_answer(answer: aiohttp.ClientResponse) -> AsyncIterator[str]:
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    try:
        async for chunk, _ in answer.content.iter_chunks():
            if chunk:
                yield chunk.decode()
    except aiohttp.ClientPayloadError as error:
        raise BrokeOffError from error


async def until_it_breaks(texts: AsyncIterator[str]) -> tuple[str, str]:
    """What came, and the code of the failure."""
    came = ""
    try:
        async for text in texts:
            came += text
    except BrokeOffError as error:
        return came, str(error)
    pytest.fail("the stream ended well")
