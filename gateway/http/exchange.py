"""Reading a request and writing an answer, in plain ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from typing import Any

import msgspec
from starlette.types import Message, Receive, Scope, Send

from gateway.errors import BadInput


class TooLarge(BadInput):
    """The body is longer than the limit."""

    http_status = 413


class WrongMediaType(BadInput):
    """The body is not ``application/json``."""

    http_status = 415


class Operation(msgspec.Struct, rename="camel"):
    """A GraphQL request. Source: GraphQL over HTTP, section 5.1."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


def header(scope: Scope, name: bytes) -> list[str]:
    """All values of a header, in order."""
    return [_text(value) for key, value in scope["headers"] if key == name]


def _text(value: bytes) -> str:
    """Clients that send more than ASCII send UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


async def read_body(scope: Scope, receive: Receive, limit_bytes: int) -> bytes:
    """The whole body. Raises ``TooLarge`` before it holds more than ``limit_bytes``."""
    return b"".join([chunk async for chunk in body_chunks(receive, limit_bytes)])


async def body_chunks(receive: Receive, limit_bytes: int) -> AsyncGenerator[bytes, None]:
    """The body as it comes. Raises ``TooLarge`` once it is longer than ``limit_bytes``."""
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadInput("The request broke off.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit_bytes:
            raise TooLarge(f"The body is larger than {limit_bytes} bytes.")
        yield chunk
        more = message.get("more_body", False)


async def read_operation(scope: Scope, receive: Receive, limit_bytes: int) -> Operation:
    """The operation in a POST. Raises ``WrongMediaType``, ``TooLarge`` or ``BadInput``."""
    media_type = "".join(header(scope, b"content-type")).partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise WrongMediaType("The body must be application/json.")
    body = await read_body(scope, receive, limit_bytes)
    try:
        return msgspec.json.decode(body, type=Operation)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(
            "The body must be a JSON object with `query` (text), and `variables`, `operationName`, `extensions`."
        ) from error


async def send_json(send: Send, status: int, body: Any, media_type: str, headers: dict[str, str]) -> None:
    """Answer ``body`` as JSON in one write."""
    content = msgspec.json.encode(body)
    fields = {"content-type": f"{media_type}; charset=utf-8", "content-length": str(len(content)), **headers}
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()],
        }
    )
    await send({"type": "http.response.body", "body": content})


async def while_connected(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """Run ``work``, and cancel it when the client leaves. The request's body has been read."""

    async def disconnected() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    tasks = (asyncio.create_task(work), asyncio.create_task(disconnected()))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    if not tasks[0].cancelled():
        tasks[0].result()


def replayed(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives a body that was read already, and then what ``receive`` gives."""
    pending = [{"type": "http.request", "body": body}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again
