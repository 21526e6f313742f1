"""A request on a connection of aiohttp's pool, and the head of its answer.

aiohttp's session is passed by. It merges header fields, asks a cookie jar, follows redirects and, without a switch for
it (its issue 10790), sends a lost PUT or DELETE twice: nothing that is wanted here, at half of what a small exchange
costs. The pool, TLS, name resolution, the parser and the limits on heads are aiohttp's.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Mapping

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http import HttpProcessingError, RawResponseMessage, StreamWriter
from aiohttp.http_writer import _serialize_headers
from multidict import CIMultiDict

from gateway.upstreams.answer import Answer
from gateway.upstreams.plain import PlainHandler
from gateway.upstreams.requests import SAFE_METHODS, Call
from gateway.upstreams.resilience.connections import ConnectionLost, Connector, Target

# A body up to this size goes out together with its head; a longer one piece by piece, as the upstream takes it.
PIECE_BYTES = 64 * 1024
SWITCHING_PROTOCOLS = 101

_LOST = (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError)


class Response:
    """The head of an answer, and its body as it arrives, decompressed. To be closed."""

    __slots__ = ("_connection", "_end", "_writing", "content", "headers", "status")

    def __init__(
        self,
        message: RawResponseMessage,
        content: aiohttp.StreamReader,
        connection: Connection,
        writing: asyncio.Task[None] | None,
    ) -> None:
        self.status: int = message.code
        self.headers: Mapping[str, str] = message.headers
        self.content = content
        self._connection = connection
        self._writing = writing
        self._end: asyncio.TimerHandle | None = None

    def end_in(self, seconds: float) -> None:
        """After so long, reading raises ``TimeoutError``."""
        error = TimeoutError("the answer has lasted too long")
        self._end = asyncio.get_running_loop().call_later(seconds, self.content.set_exception, error)

    def close(self) -> None:
        """The connection goes back to the pool if the exchange is over; else it is closed."""
        if self._end is not None:
            self._end.cancel()
        if self._writing is not None and not self._writing.done():
            self._writing.cancel()
            self._connection.close()
        else:
            self._connection.release()


class Wire:
    """Sends requests, each once. ``connect_timeout_s`` is for opening a connection.

    ``retries_reads``: a read that is lost with an idle connection is sent again.
    """

    def __init__(self, connector: Connector, connect_timeout_s: float, *, retries_reads: bool) -> None:
        self._connector = connector
        self._retries_reads = retries_reads
        self._timeout = aiohttp.ClientTimeout(sock_connect=connect_timeout_s, ceil_threshold=math.inf)

    async def send(self, call: Call, read_timeout_s: float | None) -> Response:
        """The response, when its head is there. ``read_timeout_s``: the longest pause between two pieces of it.

        Raises ``ConnectionLost`` where the connection ended first, and what aiohttp raises.
        """
        target = call.peer.target or _target(call)
        connection, reused = await self._opened(call, target)
        try:
            return await _sent(call, target, connection, read_timeout_s)
        except BaseException as error:
            _end(connection, reused, error)
            raise

    async def ask(self, call: Call, read_timeout_s: float | None, limit_bytes: int) -> Answer | Response:
        """As ``send``; a whole answer where it is plain and at most ``limit_bytes`` long (``plain``)."""
        content = call.content or b""
        if len(content) > PIECE_BYTES or call.method == "HEAD":
            return await self.send(call, read_timeout_s)
        target = call.peer.target or _target(call)
        idle = None if call.fresh else self._connector.idle(target, retried=self._retries_reads and call.reads)
        connection, reused = (idle, True) if idle is not None else await self._opened(call, target)
        protocol = connection.protocol
        assert isinstance(protocol, PlainHandler)
        try:
            answer = await protocol.ask(_head_of(call, target) + content, limit_bytes, read_timeout_s)
            if answer is None:
                return Response(*await _head(protocol, target), connection, None)
        except BaseException as error:
            _end(connection, reused, error)
            raise
        self._connector.keep(connection)
        return answer

    async def _opened(self, call: Call, target: Target) -> tuple[Connection, bool]:
        """A connection, and whether it has served before."""
        try:
            return await self._connector.open(
                target, self._timeout, fresh=call.fresh, retried=self._retries_reads and call.reads
            )
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError("the connection was not opened in time") from error


def _target(call: Call) -> Target:
    """That of the peer, from now on."""
    target = call.peer.target = Target(call.url)
    return target


def _end(connection: Connection, reused: bool, error: BaseException) -> None:
    """Close a connection on which an exchange failed. Raises ``ConnectionLost`` where it had ended by itself."""
    connection.close()
    if isinstance(error, _LOST):
        raise ConnectionLost(str(error), reused) from error


def _line(call: Call) -> str:
    return f"{call.method} {call.url.raw_path_qs} HTTP/1.1"


def _head_of(call: Call, target: Target) -> bytes:
    """Raises ``ValueError`` for a field that would be more than one."""
    return _serialize_headers(_line(call), _headers_of(call, target))


async def _sent(call: Call, target: Target, connection: Connection, read_timeout_s: float | None) -> Response:
    protocol = connection.protocol
    assert protocol is not None
    protocol.set_response_params(skip_payload=call.method == "HEAD", read_until_eof=True, read_timeout=read_timeout_s)
    writer = StreamWriter(protocol, target.loop)
    await writer.write_headers(_line(call), _headers_of(call, target))
    content = call.content or b""
    writing = None
    if len(content) <= PIECE_BYTES:
        await writer.write_eof(content)
        protocol.start_timeout()
    else:
        writing = asyncio.create_task(_written(writer, protocol, content))
    try:
        message, body = await _head(protocol, target)
    except BaseException:
        if writing is not None:
            writing.cancel()
        raise
    return Response(message, body, connection, writing)


def _headers_of(call: Call, target: Target) -> CIMultiDict[str]:
    headers = target.headers.copy()
    headers.update(call.headers)
    headers.update(call.credential.headers)
    if call.content is not None:
        headers["Content-Length"] = str(len(call.content))
    elif call.method not in SAFE_METHODS:
        headers["Content-Length"] = "0"
    return headers


async def _written(writer: StreamWriter, protocol: ResponseHandler, content: bytes) -> None:
    """Write a long body. That the connection ended is told to who reads the answer."""
    view = memoryview(content)
    with contextlib.suppress(OSError, aiohttp.ClientError):
        for start in range(0, len(view), PIECE_BYTES):
            await writer.write(view[start : start + PIECE_BYTES])
            await asyncio.sleep(0)
        await writer.write_eof()
        protocol.start_timeout()


async def _head(protocol: ResponseHandler, target: Target) -> tuple[RawResponseMessage, aiohttp.StreamReader]:
    """The head of the answer after those that only say that it will come (RFC 9110, section 15.2)."""
    try:
        while True:
            message, body = await protocol.read()
            if not 100 <= message.code < 200 or message.code == SWITCHING_PROTOCOLS:
                return message, body
    except HttpProcessingError as error:
        raise aiohttp.ClientResponseError(
            target.request_info, (), status=error.code, message=error.message, headers=error.headers
        ) from error
