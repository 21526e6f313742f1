"""Answers that are whole leave in one write: head and body, one system call, one packet.

uvicorn writes the head of an answer by itself, and looks at each of its fields by two regular expressions. Here a head
whose message says that the body follows at once (``gateway.http.exchange.WHOLE``) waits for it. All else is uvicorn's.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gateway.http.exchange import WHOLE

NEW_LINE = b"\r\n"


class WholeCycle(RequestResponseCycle):
    """A request and its answer."""

    head: Any = None
    """That of a whole answer, until its body is there."""

    async def send(self, message: Any) -> None:
        if WHOLE in message and self.scope["method"] != "HEAD" and not self.response_started:
            self.head = message
            return
        head, self.head = self.head, None
        if head is None or message["type"] != "http.response.body":
            await super().send(message)
        elif message.get("more_body") or not self._written(head, message["body"]):
            await super().send(head)
            await super().send(message)

    def _written(self, head: Any, body: bytes) -> bool:
        """Write all of it, unless something is out of the ordinary: that is for uvicorn to do."""
        if not self.keep_alive or self.disconnected or self.flow.write_paused:
            return False
        fields = [*self.default_headers, *head["headers"]]
        content = STATUS_LINE[head["status"]] + NEW_LINE.join([*map(b": ".join, fields), NEW_LINE])
        lines = len(fields) + 2
        if content.count(b"\n") != lines or content.count(b"\r") != lines or b"\nconnection:" in content:
            return False
        self.transport.write(content + body)
        self.waiting_for_100_continue = False
        self.response_started = self.response_complete = True
        self.message_event.set()
        self.on_response()
        return True


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol of a connection, with such cycles."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.__class__ = WholeCycle  # uvicorn makes them itself
        super()._start_asgi_task(cycle, app)
