"""A small HTTP server whose connections end when a test wants them to, in a thread of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class IdleServer:
    """Answers ``{}``. A connection that is idle for ``idle_s`` is closed, and one after ``answers`` answers is as soon
    as the next request is there. ``acted`` holds the methods of the requests that were read, whole.
    """

    idle_s: float = 60.0
    answers: int = 1_000_000
    url: str = ""
    acted: list[str] = field(default_factory=list)
    connections: int = 0

    @contextlib.contextmanager
    def running(self) -> Iterator[IdleServer]:
        with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            threading.Thread(target=self._accept, args=[listener], daemon=True).start()
            try:
                yield self
            finally:
                listener.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(self.idle_s)
            answered = 0
            while received := connection.recv(65536):
                while b"\r\n\r\n" not in received:
                    received += connection.recv(65536)
                self.acted.append(received.partition(b" ")[0].decode())
                if answered == self.answers:
                    return
                connection.sendall(ANSWER)
                answered += 1
