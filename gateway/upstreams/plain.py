"""A short way for plain answers: small exchanges of JSON are nearly all that a gateway has.

aiohttp's parser makes a parser, a message and a stream for each answer, which costs several times what the socket does.
Here the head of an answer is matched against one strict expression. An answer that is all plain (HTTP/1.1, its whole
head in the first piece, one ``Content-Length``, the connection stays) is put together from its pieces, and unpacked if
it is gzip and small. Anything else, however little it differs, is given to aiohttp from its first byte, as if this were
not here.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from typing import Any

from aiohttp import ClientConnectionResetError, ClientPayloadError, ServerDisconnectedError
from aiohttp.client_proto import ResponseHandler
from aiohttp.helpers import _EXC_SENTINEL as _NO_CAUSE
from multidict import CIMultiDict

from gateway.upstreams.answer import Answer

MAX_HEAD_BYTES = 8190
"""aiohttp's own limit for a line; what is longer is for its parser to judge."""
MAX_UNPACKED_BYTES = 1024 * 1024
"""Unpacking more at once would hold up the event loop."""
GZIP = "gzip"
_GZIP_BITS = 31

_NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_FIELD = rf"{_NAME}: [\x21-\x7e][\x20-\x7e]*\r\n"
_HEAD = re.compile(rf"HTTP/1\.1 ([2-5][0-9][0-9])(?: [\x20-\x7e]*)?\r\n((?:{_FIELD})+)\r\n")
_WITHOUT_BODY = (204, 205, 304)
_MAX_DIGITS = 15


def plain_head(head: bytes) -> tuple[int, CIMultiDict[str], int] | None:
    """Status, fields and length of an answer whose head, with the empty line after it, is this; None if not plain."""
    if len(head) > MAX_HEAD_BYTES or not head.isascii():
        return None
    match = _HEAD.fullmatch(head.decode("ascii"))
    if match is None or " \r\n" in match[2]:
        return None
    pairs: list[Any] = [line.split(": ", 1) for line in match[2].split("\r\n")[:-1]]
    fields: CIMultiDict[str] = CIMultiDict(pairs)
    if "Transfer-Encoding" in fields or "Upgrade" in fields or "Trailer" in fields:
        return None
    if "Content-Encoding" in fields and fields.getall("Content-Encoding") != [GZIP]:
        return None
    if "Connection" in fields and [each.lower() for each in fields.getall("Connection")] != ["keep-alive"]:
        return None
    lengths = fields.getall("Content-Length", ())
    status = int(match[1])
    if status in _WITHOUT_BODY or len(lengths) != 1 or len(lengths[0]) > _MAX_DIGITS or not lengths[0].isdecimal():
        return None
    return status, fields, int(lengths[0])


def unpacked(body: bytes, limit_bytes: int) -> bytes | None:
    """What is packed by gzip; None if it is more than ``limit_bytes``, or anything but one whole member (RFC 1952)."""
    unpacking = zlib.decompressobj(_GZIP_BITS)
    try:
        content = unpacking.decompress(body, limit_bytes)
    except zlib.error:
        return None
    return content if unpacking.eof and not unpacking.unused_data else None


class _Exchange:
    """An answer that is awaited: what is known of it, and the pieces of its body."""

    __slots__ = ("body", "fields", "head", "limit_bytes", "missing", "status", "waiter")

    def __init__(self, waiter: asyncio.Future[Answer | None], limit_bytes: int) -> None:
        self.waiter = waiter
        self.limit_bytes = limit_bytes
        self.head = b""
        self.status = 0
        self.fields: CIMultiDict[str] | None = None
        self.missing = 0
        self.body: list[bytes] = []

    def begins_plain(self, data: bytes) -> bool:
        """Whether it is a plain one, by its first piece, and not too long."""
        end = data.find(b"\r\n\r\n") + 4
        self.head = data[:end]
        plain = plain_head(self.head) if end >= 4 else None
        if plain is None or plain[2] > self.limit_bytes:
            return False
        self.status, self.fields, length = plain
        self.missing = length - len(data) + end
        self.body.append(data[end:])
        return True


class PlainHandler(ResponseHandler):
    """aiohttp's protocol of a connection, and the short way beside it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._exchange: _Exchange | None = None

    def ask(self, request: bytes, limit_bytes: int, read_timeout_s: float | None) -> asyncio.Future[Answer | None]:
        """Send a whole request. The answer is None where it is not plain: then it is to be read from aiohttp's parser.

        Raises what aiohttp raises, at once or in the future. Only after an answer may the connection be used again.
        """
        transport = self.transport
        if transport is None or transport.is_closing():
            raise ClientConnectionResetError("the connection is closed")
        if self.should_close:
            raise ServerDisconnectedError("the peer has sent what nobody had asked for")
        waiter: asyncio.Future[Answer | None] = self._loop.create_future()
        self._exchange = _Exchange(waiter, limit_bytes)
        self._read_timeout = read_timeout_s
        transport.write(request)
        if read_timeout_s is not None:
            self.start_timeout()
        return waiter

    def data_received(self, data: bytes) -> None:
        exchange = self._exchange
        if exchange is None:
            super().data_received(data)
            return
        if exchange.fields is not None:
            exchange.body.append(data)
            exchange.missing -= len(data)
        elif not exchange.begins_plain(data):
            self._pass_on(exchange, data)
            return
        if exchange.missing <= 0:
            self._answered(exchange)
        elif self._read_timeout is not None:
            self.start_timeout()

    def set_exception(self, exc: BaseException, exc_cause: BaseException = _NO_CAUSE) -> None:
        """The connection is over, or has been silent for too long."""
        super().set_exception(exc, exc_cause)
        exchange, self._exchange = self._exchange, None
        if exchange is not None and not exchange.waiter.done():
            begun = exchange.fields is not None and not isinstance(exc, TimeoutError)
            exchange.waiter.set_exception(ClientPayloadError("the answer broke off") if begun else exc)

    def _answered(self, exchange: _Exchange) -> None:
        self._exchange = None
        if self._read_timeout is not None:
            self._drop_timeout()
        body = b"".join(exchange.body)
        if exchange.missing < 0:  # nobody has asked for what comes after it
            body = body[: exchange.missing]
            self.force_close()
        fields = exchange.fields
        assert fields is not None
        packed = "Content-Encoding" in fields
        content = unpacked(body, min(exchange.limit_bytes, MAX_UNPACKED_BYTES)) if packed else body
        if content is None:
            self._pass_on(exchange, exchange.head + body)
        elif not exchange.waiter.done():
            exchange.waiter.set_result(Answer(exchange.status, fields, content))

    def _pass_on(self, exchange: _Exchange, data: bytes) -> None:
        """To aiohttp's parser, from the first byte."""
        self._exchange = None
        self.set_response_params(read_until_eof=True, read_timeout=self._read_timeout)
        super().data_received(data)
        if not exchange.waiter.done():
            exchange.waiter.set_result(None)
