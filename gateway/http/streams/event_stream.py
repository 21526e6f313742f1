"""Server-sent events: graphql-sse in its distinct connections mode.

Source: github.com/enisdenjo/graphql-sse, PROTOCOL.md, "Distinct connections mode"; HTML, section 9.2.6 "Interpreting an
event stream": an event without ``data`` is not dispatched, and a line that begins with a colon is a comment. Its single
connection mode is not offered: it is for browsers over HTTP/1.1 alone, and WebSockets do the same there.
"""

from __future__ import annotations

import msgspec

from gateway.http.engine import Body
from gateway.http.streams.framing import Framing

MEDIA_TYPE = "text/event-stream; charset=utf-8"


def event_stream(keep_alive_s: float) -> Framing:
    """Events ``next`` and ``complete``; a comment every ``keep_alive_s`` seconds."""
    return Framing(
        MEDIA_TYPE,
        part=_next,
        failure=_next,
        closing=b"event: complete\ndata:\n\n",
        keep_alive=b":\n\n",
        keep_alive_s=keep_alive_s,
    )


def _next(body: Body) -> bytes:
    return b"event: next\ndata: " + msgspec.json.encode(body) + b"\n\n"
