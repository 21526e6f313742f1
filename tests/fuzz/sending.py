"""HTTP as raw bytes, so that no client puts right what is wrong."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse

from tests.fuzz.target import PATIENCE_S, Target

Field = tuple[bytes, bytes]
STREAM_S = 0.5
"""How long a stream is read."""
UNFINISHED_S = 0.05
"""How long an answer to half a request is waited for."""
STREAMS = ("text/event-stream", "multipart/mixed", "text/plain")


@dataclass(frozen=True)
class Reply:
    """What came back. ``closed``: the server closed the connection without an answer."""

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    closed: bool = False

    def header(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key.lower() == name)


@dataclass(frozen=True)
class Request:
    """As it is sent: ``Host``, the ``fields``, and a ``Content-Length`` that is right unless they have one."""

    method: bytes = b"POST"
    path: bytes = b"/graph"
    fields: tuple[Field, ...] = ()
    body: bytes = b""

    def __bytes__(self) -> bytes:
        fields = [(b"Host", b"fngraph.test"), *self.fields]
        named = {name.lower() for name, _ in self.fields}
        if not named & {b"content-length", b"transfer-encoding"} and (self.body or self.method != b"GET"):
            fields.append((b"Content-Length", str(len(self.body)).encode()))
        lines = [self.method + b" " + self.path + b" HTTP/1.1", *(name + b": " + value for name, value in fields)]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body


def authorization(key: str) -> Field:
    return b"Authorization", b"Bearer " + key.encode()


JSON: Field = (b"Content-Type", b"application/json")
PREFLIGHT: Field = (b"GraphQL-Require-Preflight", b"1")


def send(target: Target, request: Request) -> Reply:
    """Send it on a connection of its own, and read one answer."""
    return send_bytes(target, bytes(request), request.method.decode("latin-1"))


def send_bytes(target: Target, raw: bytes, method: str = "POST", *, whole: bool = True) -> Reply:
    """As ``send``. What may not be a ``whole`` request is waited for only briefly: then the client leaves."""
    with socket.create_connection(target.address, PATIENCE_S) as connection:
        with contextlib.suppress(ConnectionError):  # the server may answer, and close, before it has read everything
            connection.sendall(raw)
        if not whole and not select.select([connection], [], [], UNFINISHED_S)[0]:
            connection.shutdown(socket.SHUT_WR)
        return _reply(connection, method)


def _reply(connection: socket.socket, method: str) -> Reply:
    response = HTTPResponse(connection, method=method)
    try:
        response.begin()
    except (HTTPException, ConnectionError):
        return Reply(closed=True)
    fields = tuple(response.getheaders())
    streams = response.getheader("content-type", "").startswith(STREAMS) and response.length is None
    body = b"".join(_pieces(response, connection)) if streams else response.read()
    return Reply(response.status, fields, body)


def _pieces(response: HTTPResponse, connection: socket.socket) -> Iterable[bytes]:
    """Of a stream, as long as it is read."""
    ends_s = time.monotonic() + STREAM_S
    with contextlib.suppress(TimeoutError, HTTPException, ConnectionError):
        while (left_s := ends_s - time.monotonic()) > 0:
            connection.settimeout(left_s)
            piece = response.read1()
            if not piece:
                return
            yield piece
