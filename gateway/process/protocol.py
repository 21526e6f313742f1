"""uvicorn's HTTP with fewer steps for the usual request, whose body comes with its head and whose answer is whole.

Such a body is given to the application with the scope. Such an answer leaves in one write: head and body, one system
call, one packet; uvicorn writes the head by itself, and looks at each of its fields by two regular expressions. All
else is uvicorn's.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Generator
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gateway.http.exchange import BODY, WHOLE, Field, Spelt, send_two, spelt

SMALL_BODY_BYTES = 64 * 1024
"""The longest body that is given with the scope; of others there would be two copies."""


class _Done:
    """To be awaited when nothing is left to wait for; a coroutine would have to be made anew each time."""

    _nothing: Any = iter(())

    def __await__(self) -> Generator[Any, Any, None]:
        nothing: Generator[Any, Any, None] = self._nothing
        return nothing


DONE = _Done()


class WholeCycle(RequestResponseCycle):
    """A request and its answer."""

    app: Any

    def begin(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        """The application ``app``, which is told what is known when it begins."""
        scope["extensions"] = {WHOLE: {}}
        if not self.more_body and len(self.body) <= SMALL_BODY_BYTES:
            scope[BODY] = bytes(self.body)
        begun: Awaitable[None] = self.app(scope, receive, send)
        return begun

    def send(self, message: Any) -> Awaitable[None]:  # type: ignore[override]
        content = message.get(WHOLE)
        if content is None:
            return super().send(message)
        if self._written(message, content):
            return DONE
        by_uvicorn: Any = super().send  # it knows its own messages only
        return send_two(by_uvicorn, message, content)

    def _written(self, head: Any, content: bytes) -> bool:
        """Write all of it, unless something is out of the ordinary: that is for uvicorn to do."""
        if not self.keep_alive or self.disconnected or self.flow.write_paused:
            return False
        if self.response_started or self.scope["method"] == "HEAD":
            return False
        default, fields = self.default_headers, head["headers"]
        if isinstance(default, Spelt) and isinstance(fields, Spelt):
            text = default.text + fields.text
        elif not (text := _checked([*default, *fields])):
            return False
        self.transport.writelines((b"%b%b\r\n" % (STATUS_LINE[head["status"]], text), content))
        self.waiting_for_100_continue = False
        self.response_started = self.response_complete = True
        self.body = bytearray()  # it was read from the scope, and the connection may stay for long
        self.message_event.set()
        self.on_response()
        return True


def _checked(fields: list[Field]) -> bytes:
    """The text of fields, empty where they are not what they seem, or say how the connection goes on."""
    text = spelt(fields)
    plain = text.count(b"\n") == len(fields) == text.count(b"\r") and b"connection" not in dict(fields)
    return text if plain else b""


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol of a connection, with such cycles, and with one timer where uvicorn has one for each request.

    The timer is not cancelled when a request comes. It looks, when it is due, how long nothing has come.
    """

    _idle_since_s = math.inf

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.__class__ = WholeCycle  # uvicorn makes them itself
        assert isinstance(cycle, WholeCycle)
        cycle.app = app
        super()._start_asgi_task(cycle, cycle.begin)

    def on_response_complete(self) -> None:
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        if self.timeout_keep_alive_task is None:
            super().on_response_complete()  # sets the timer
        else:
            self.server_state.total_requests += 1
            self.flow.resume_reading()
        self._idle_since_s = self.loop.time()

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since_s = math.inf

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        left_s = self._idle_since_s + self.timeout_keep_alive - self.loop.time()
        if left_s <= 0:
            super().timeout_keep_alive_handler()
        elif left_s < math.inf:
            self.timeout_keep_alive_task = self.loop.call_later(left_s, self.timeout_keep_alive_handler)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
