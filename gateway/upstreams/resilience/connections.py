"""Connections that are alive when a request goes out on them.

An upstream closes idle connections when it likes, and RFC 9112, section 9.3.1, leaves it to the client to cope:

- A connection is kept for less time than common servers keep it: uvicorn, Node and Apache close after 5 seconds.
- Before it is used again its socket is looked at. A peer that has closed it shows there at once, before the event loop
  had time to hear of it.
- What is left is an upstream that closes in the very moment. A read that is lost so, on a connection that had served
  before, has its next try on a new one, at once (``retries``). Nothing else does: the upstream may have acted.
"""

from __future__ import annotations

import functools
import select
import time

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from yarl import URL

from gateway.upstreams.plain import PlainHandler

KEEP_ALIVE_S = 4.0


class ConnectionLost(aiohttp.ClientConnectionError):
    """The connection ended before there was the head of an answer; whether the upstream acted is not known.

    ``reused``: it had served before.
    """

    def __init__(self, message: str, reused: bool) -> None:
        super().__init__(message)
        self.reused = reused


class Target(aiohttp.ClientRequest):
    """An address, as the pool wants to be told it; ``headers`` are the fields that every request to it has."""

    def __init__(self, url: URL) -> None:
        super().__init__(
            "GET", url.with_path("/"), headers={"Accept": "application/json"}, skip_auto_headers=("User-Agent",)
        )
        self._connection_key = super().connection_key

    @property
    def connection_key(self) -> ConnectionKey:
        """Made once, since it stays the same."""
        return self._connection_key


class Connector(aiohttp.TCPConnector):
    """Hands out no connection that its peer has closed already."""

    def __init__(self) -> None:
        super().__init__(limit=0, limit_per_host=0, keepalive_timeout=KEEP_ALIVE_S)
        self._factory: functools.partial[ResponseHandler] = functools.partial(PlainHandler, loop=self._loop)  # type: ignore[assignment]
        self._made: set[ResponseHandler] = set()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 (aiohttp's name)
    ) -> Connection:
        """For aiohttp's own requests."""
        connection, _ = await self.open(req, timeout)
        return connection

    async def open(
        self,
        target: aiohttp.ClientRequest,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 (aiohttp's name)
        *,
        fresh: bool = False,
        retried: bool = False,
    ) -> tuple[Connection, bool]:
        """A connection, and whether it has served before; ``fresh``: it must not.

        Ends, since every connection that is passed over is one less in the pool.
        """
        found = None if fresh else self.idle(target, retried=retried)
        if found is not None:
            return found, True
        while (connection := await super().connect(target, [], timeout)).protocol not in self._made:
            connection.close()
        self._made.remove(connection.protocol)
        return connection, False

    def idle(self, target: aiohttp.ClientRequest, *, retried: bool) -> Connection | None:
        """A connection that is there and alive, the one that was used last; None if there is none.

        One on which something came that nobody had asked for is not alive: it would be taken for the next answer.
        ``retried``: whoever finds it dead tries again at once, so that its socket need not be looked at.
        aiohttp's own way to its pool takes a dozen steps, some of them asynchronous.
        """
        key = target.connection_key
        free = self._conns.get(key)
        oldest_s = time.monotonic() - KEEP_ALIVE_S
        while free:
            protocol, since_s = free.pop()
            if not free:
                del self._conns[key]
            alive = since_s >= oldest_s and protocol.is_connected() and not protocol.should_close
            if alive and (retried or _quiet(protocol)):
                self._acquired.add(protocol)
                return Connection(self, key, protocol, self._loop)
            protocol.close()
        return None

    def keep(self, connection: Connection) -> None:
        """Take a connection back whose answer was read whole: as ``connection.release``, for a pool without limits."""
        protocol = connection._protocol
        assert protocol is not None
        if self._closed or self._cleanup_handle is None or protocol.should_close:
            connection.release()
            return
        connection._protocol = None
        self._acquired.discard(protocol)
        self._conns[connection._key].append((protocol, time.monotonic()))

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 (aiohttp's name)
    ) -> ResponseHandler:
        made = await super()._create_connection(req, traces, timeout)
        self._made.add(made)
        return made


def _quiet(protocol: ResponseHandler) -> bool:
    """Whether there is nothing to read: on an idle connection that could only be its end."""
    transport = protocol.transport
    socket = None if transport is None else transport.get_extra_info("socket")
    if socket is None or socket.fileno() < 0:
        return False
    looking = select.poll()
    looking.register(socket.fileno(), select.POLLIN)
    return not looking.poll(0)
