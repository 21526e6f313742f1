"""Connections that are alive when a request goes out on them, and requests that go out once.

An upstream closes idle connections when it likes, and RFC 9112, section 9.3.1, leaves it to the client to cope:

- A connection is kept for less time than common servers keep it: uvicorn, Node and Apache close after 5 seconds.
- Before it is used again its socket is looked at. A peer that has closed it shows there at once, before the event loop
  had time to hear of it.
- What is left is an upstream that closes in the very moment. A GET or HEAD that is lost so, on a connection that had
  served before, goes out once more, on a new one. Nothing else does: the upstream may have acted.

aiohttp by itself sends a lost PUT or DELETE twice and has no switch for it (its issue 10790), so what it would repeat
is given another name here.
"""

from __future__ import annotations

import select

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

KEEP_ALIVE_S = 4.0


class ConnectionLost(aiohttp.ClientConnectionError):
    """The connection ended before there was the head of an answer; whether the upstream acted is not known."""


class Request(aiohttp.ClientRequest):
    """``reused``: it went out on a connection that had served before. ``fresh``: it must not."""

    reused = False
    fresh = False


class Connector(aiohttp.TCPConnector):
    """Hands out no connection that its peer has closed already."""

    def __init__(self) -> None:
        super().__init__(limit=0, limit_per_host=0, keepalive_timeout=KEEP_ALIVE_S)

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 (aiohttp's name)
    ) -> Connection:
        """Ends, since every connection that is passed over is one less in the pool."""
        assert isinstance(req, Request)
        while True:
            req.reused = True
            connection = await super().connect(req, traces, timeout)
            if not req.reused or (not req.fresh and _quiet(connection)):
                return connection
            connection.close()

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 (aiohttp's name)
    ) -> ResponseHandler:
        assert isinstance(req, Request)
        req.reused = False
        return await super()._create_connection(req, traces, timeout)


async def sent_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """A client middleware. Raises ``ConnectionLost`` where aiohttp would send the request again."""
    assert isinstance(request, Request)
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        if not request.reused or request.fresh or request.body or request.method not in ("GET", "HEAD"):
            raise ConnectionLost(str(error)) from error
    request.fresh = True
    return await sent_once(request, handler)


def _quiet(connection: Connection) -> bool:
    """Whether there is nothing to read: on an idle connection that could only be its end."""
    transport = connection.transport
    socket = None if transport is None else transport.get_extra_info("socket")
    if socket is None or socket.fileno() < 0:
        return False
    looking = select.poll()
    looking.register(socket.fileno(), select.POLLIN)
    return not looking.poll(0)
