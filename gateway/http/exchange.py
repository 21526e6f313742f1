"""Reading a request and writing an answer, in plain ASGI."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec
from starlette.types import Message, Receive, Scope, Send

from gateway.errors import BadInput
from gateway.settings import Settings


class TooLarge(BadInput):
    """The body is longer than the limit."""

    http_status = 413


class WrongMediaType(BadInput):
    """The body is not ``application/json``."""

    http_status = 415


class TooSlow(BadInput):
    """The body did not come in time."""

    http_status = 408

    def __init__(self, timeout_s: float) -> None:
        super().__init__(f"The body did not come within {timeout_s:g} seconds.")


class ClientLeft(Exception):  # noqa: N818
    """Nobody is there to be answered."""


CLIENT_LEFT = 499
"""The status of such a request, for the log only."""

OPERATION = "fngraph.operation"
"""Key of the scope, for the log: ``query``, ``mutation``, ``subscription`` or ``batch``, once it is known."""
ROUTE = "fngraph.route"
"""Key of the scope: the template of a REST route, such as ``/users/{username}``, once it is found."""
HEADER = "fngraph.header"
"""Key of the scope: its header fields by name, once somebody asked for one."""
BODY = "fngraph.body"
"""Key of the scope: the whole body, where it was there before anybody asked for it."""
WHOLE = "fngraph.whole"
"""An extension of ASGI, for answers that are whole. It is the key of the message that begins one, and holds its body:
no other message follows."""

Field = tuple[bytes, bytes]
"""A header: its name in lower case, and its value."""


class Spelt(msgspec.Struct, frozen=True):
    """Header fields by the ``text`` that they are in HTTP/1.1, and fields only for those who want to see them."""

    text: bytes

    def __iter__(self) -> Iterator[Field]:
        for line in self.text.splitlines():
            name, _, value = line.partition(b": ")
            yield name, value

    def __add__(self, others: list[Field]) -> list[Field]:
        return [*self, *others]


def spelt(fields: Iterable[Field]) -> bytes:
    """The text of header fields: a line for each. Source: RFC 9112, section 5."""
    return b"".join([b"%b: %b\r\n" % field for field in fields])


def raw_header(scope: Scope, name: bytes) -> bytes:
    """The value of a header as it came, empty where there is none.

    Several are one, with commas between them (RFC 9110, section 5.3).
    """
    fields: dict[bytes, bytes] = scope.get(HEADER) or _by_name(scope)
    return fields.get(name, b"")


def _by_name(scope: Scope) -> dict[bytes, bytes]:
    headers = scope["headers"]
    fields: dict[bytes, bytes] = dict(headers)
    scope[HEADER] = fields
    if len(fields) < len(headers):
        for each in fields:
            fields[each] = b",".join([value for name, value in headers if name == each])
    return fields


def header(scope: Scope, name: bytes) -> list[str]:
    """All values of a header, in order."""
    fields, headers = scope.get(HEADER) or _by_name(scope), scope["headers"]
    if len(fields) == len(headers):  # no name comes twice
        return [_text(fields[name])] if name in fields else []
    return [_text(value) for each, value in headers if each == name]


def _text(value: bytes) -> str:
    """Clients that send more than ASCII send UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def client_address(scope: Scope) -> str | None:
    """The address that a request comes from, as the server or a trusted proxy says; None if neither does."""
    client = scope.get("client")
    return client[0] if client else None


def media_type(scope: Scope) -> tuple[str, str]:
    """The media type of the body, and its ``charset``; empty where there is none."""
    return _media_type(raw_header(scope, b"content-type"))


@lru_cache(maxsize=64)
def _media_type(value: bytes) -> tuple[str, str]:
    kind, *parameters = _text(value).lower().split(";")
    named = dict(part.strip().partition("=")[::2] for part in parameters)
    return kind.strip(), named.get("charset", "").strip('"')


def body_at_hand(scope: Scope, settings: Settings) -> bytes | None:
    """The whole body, where it need not be waited for. The scope keeps it no longer. Raises ``TooLarge``."""
    body: bytes | None = scope.pop(BODY, None)
    if body is not None and len(body) > settings.max_body_bytes:
        raise _too_large(settings.max_body_bytes)
    return body


async def read_body(scope: Scope, receive: Receive, settings: Settings) -> bytes:
    """The whole body, in memory. What says that it is too long is not read at all.

    Raises ``TooLarge``, ``TooSlow`` when it is not whole after ``body_timeout_s``, ``BadInput`` when it breaks off.
    """
    body = body_at_hand(scope, settings)
    if body is not None:
        return body
    limit_bytes = settings.max_body_bytes
    length = raw_header(scope, b"content-length")
    if length.isdigit() and int(length[:20]) > limit_bytes:
        raise _too_large(limit_bytes)
    return b"".join([chunk async for chunk in body_chunks(receive, limit_bytes, settings.body_timeout_s)])


async def body_chunks(receive: Receive, limit_bytes: int, timeout_s: float) -> AsyncGenerator[bytes, None]:
    """The body as it comes.

    Raises ``TooLarge`` once it is longer than ``limit_bytes``, ``TooSlow`` when it is not whole after ``timeout_s``,
    ``BadInput`` when it breaks off.
    """
    deadline_s = asyncio.get_running_loop().time() + timeout_s
    size = 0
    more = True
    while more:
        try:
            async with asyncio.timeout_at(deadline_s):
                chunk, more = _chunk_of(await receive())
        except TimeoutError as error:
            raise TooSlow(timeout_s) from error
        size += len(chunk)
        if size > limit_bytes:
            raise _too_large(limit_bytes)
        yield chunk


def _chunk_of(message: Message) -> tuple[bytes, bool]:
    """A piece of the body, and whether more will come."""
    if message["type"] == "http.disconnect":
        raise BadInput("The request broke off.")
    return message.get("body", b""), message.get("more_body", False)


def _too_large(limit_bytes: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit_bytes} bytes.")


def retry_after(seconds: float) -> str:
    """The value of ``Retry-After``. Source: RFC 9110, section 10.2.3: whole seconds."""
    return str(math.ceil(seconds))


def send_whole(scope: Scope, send: Send, status: int, fields: Iterable[Field], content: bytes) -> Awaitable[None]:
    """Answer ``content``: by one message to a server that takes it so, else by two."""
    start: Message = {"type": "http.response.start", "status": status, "headers": fields}
    if WHOLE in (scope.get("extensions") or ()):
        start[WHOLE] = content
        return send(start)
    return send_two(send, start, content)


async def send_two(send: Send, start: Message, content: bytes) -> None:
    """A whole answer by the two messages of ASGI."""
    await send(start)
    await send({"type": "http.response.body", "body": content})


async def send_json(scope: Scope, send: Send, status: int, body: Any, media_type: str, headers: dict[str, str]) -> None:
    """Answer ``body`` as JSON."""
    fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    content = msgspec.json.encode(body)
    fields += [content_type(media_type), (b"content-length", b"%d" % len(content))]
    await send_whole(scope, send, status, fields, content)


def content_type(media_type: str) -> Field:
    """The field for text of this media type."""
    return b"content-type", f"{media_type}; charset=utf-8".encode("latin-1")


def replayed(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives a body that was read already, and then what ``receive`` gives."""
    pending = [{"type": "http.request", "body": body}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again
