"""WebSocket as raw frames, so that no client puts right what is wrong. Source: RFC 6455, sections 4 and 5."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fuzz.target import PATIENCE_S, Target

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
MASK = b"\x01\x02\x03\x04"
HANDSHAKE = b"\r\n".join(
    [
        b"GET /graph HTTP/1.1",
        b"Host: fngraph.test",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        b"Sec-WebSocket-Protocol: graphql-transport-ws",
        b"\r\n",
    ]
)


def frame(opcode: int, payload: bytes, *, last: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
    """A frame of a client."""
    size, mask_bit = len(payload), 0x80 if masked else 0
    head = bytes([(0x80 if last else 0) | reserved << 4 | opcode])
    if size < 126:
        head += bytes([mask_bit | size])
    elif size < 1 << 16:
        head += bytes([mask_bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", size)
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))


def closing(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason)


@dataclass
class Heard:
    """What the server sent: messages, code and reason of its close frame, and whether it left without one."""

    messages: list[Any] = field(default_factory=list)
    code: int | None = None
    reason: str = ""
    dropped: bool = False


class Peer:
    """An open socket. ``heard`` grows as frames are read."""

    def __init__(self, connection: socket.socket) -> None:
        self.heard = Heard()
        self._connection = connection
        self._buffer = b""

    def send(self, raw: bytes) -> None:
        with contextlib.suppress(ConnectionError):  # the server may close before it has read everything
            self._connection.sendall(raw)

    def listen(self, timeout_s: float, until: str = "") -> bool:
        """Read until a message of this type, the end, or the time is over; whether one of the first two came."""
        ends_s = time.monotonic() + timeout_s
        while (left_s := ends_s - time.monotonic()) > 0:
            self._connection.settimeout(left_s)
            try:
                opcode, payload = self._frame()
            except TimeoutError:
                return False
            except (ConnectionError, EOFError):
                self.heard.dropped = True
                return True
            if opcode == CLOSE:
                self.heard.code = struct.unpack("!H", payload[:2])[0] if payload else 1005
                self.heard.reason = payload[2:].decode()
                return True
            if opcode == TEXT:
                self.heard.messages.append(json.loads(payload.decode()))
                if self.heard.messages[-1]["type"] == until:
                    return True
        return False

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._exactly(2)
        assert first & 0xF0 == 0x80, "a frame that is not whole, or with a reserved bit"
        size = second
        if second == 126:
            size = struct.unpack("!H", self._exactly(2))[0]
        elif second == 127:
            size = struct.unpack("!Q", self._exactly(8))[0]
        return first & 0x0F, self._exactly(size)

    def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            piece = self._connection.recv(1 << 16)
            if not piece:
                raise EOFError
            self._buffer += piece
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def handshake(self) -> None:
        self.send(HANDSHAKE)
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._connection.recv(1 << 16)
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head


@contextlib.contextmanager
def opened(target: Target) -> Iterator[Peer]:
    """A socket whose handshake is done."""
    with socket.create_connection(target.address, PATIENCE_S) as connection:
        peer = Peer(connection)
        peer.handshake()
        yield peer
