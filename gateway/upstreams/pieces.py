"""Taking a stream apart as its bytes come in, wherever the network cut them: JSON objects, and server-sent events.

Both parsers are linear in the bytes fed and hold one piece at a time, of at most ``limit_bytes``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.errors import UpstreamInvalid

_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
_STRUCTURE = re.compile(rb'["{}]')
_IN_STRING = re.compile(rb'["\\]')
_LINE_END = re.compile(rb"\r\n|\n|\r")


class _Piece:
    """The bytes of a piece that is not whole yet."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, part: bytes) -> None:
        self.size += len(part)
        if self.size > self._limit_bytes:
            raise UpstreamInvalid("The upstream's stream holds a piece that is larger than the limit.")
        self._parts.append(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts, self.size = [], 0
        return taken


class JsonObjects:
    """JSON objects one after the other, with or without white space between them. Only their extent is found here."""

    def __init__(self, limit_bytes: int) -> None:
        self._piece = _Piece(limit_bytes)
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The objects that ``chunk`` completes. Raises ``UpstreamInvalid`` for anything else between objects."""
        start = position = 0
        while position < len(chunk):
            if self._depth == 0:
                start = position = _next_object(chunk, position)
            position = self._skip(chunk, position)
            if self._depth == 0 and position > start:
                self._piece.add(chunk[start:position])
                yield self._piece.take()
                start = position
        if self._depth:
            self._piece.add(chunk[start:])

    def finish(self) -> None:
        """Raises ``UpstreamInvalid`` when the last object is not whole."""
        if self._depth:
            raise UpstreamInvalid("The upstream's stream broke off.")

    def _skip(self, chunk: bytes, position: int) -> int:
        """The position after the next quote, brace or escaped byte."""
        if self._escaped:
            self._escaped = False
            return position + 1
        found = (_IN_STRING if self._in_string else _STRUCTURE).search(chunk, position)
        if found is None:
            return len(chunk)
        match found[0]:
            case b'"':
                self._in_string = not self._in_string
            case b"\\":
                self._escaped = True
            case b"{":
                self._depth += 1
            case b"}":
                self._depth -= 1
        return found.end()


def _next_object(chunk: bytes, position: int) -> int:
    while position < len(chunk) and chunk[position] in _SPACE:
        position += 1
    if position < len(chunk) and chunk[position] != ord("{"):
        raise UpstreamInvalid("The upstream's stream is not a sequence of JSON objects.")
    return position


@dataclass(frozen=True, slots=True)
class Event:
    """A server-sent event."""

    kind: str
    data: bytes


class Events:
    """Server-sent events. Source: HTML standard, section 9.2.6, "Interpreting an event stream"."""

    def __init__(self, limit_bytes: int) -> None:
        self._line = _Piece(limit_bytes)
        self._data = _Piece(limit_bytes)
        self._has_data = False
        self._kind = ""
        self._first = True
        self._after_cr = False

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that ``chunk`` completes. One that the stream's end cuts off never comes, as the standard says."""
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        start = 0
        for end in _LINE_END.finditer(chunk):
            self._line.add(chunk[start : end.start()])
            start = end.end()
            yield from self._interpret(self._line.take())
        self._line.add(chunk[start:])
        self._after_cr = chunk.endswith(b"\r")

    def _interpret(self, line: bytes) -> Iterator[Event]:
        if self._first:
            line, self._first = line.removeprefix(_BOM), False
        if not line:
            yield from self._dispatch()
            return
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.add(b"\n" + value if self._has_data else value)
            self._has_data = True
        elif name == b"event":
            self._kind = value.decode(errors="replace")

    def _dispatch(self) -> Iterator[Event]:
        if self._has_data:
            yield Event(self._kind or "message", self._data.take())
        self._kind, self._has_data = "", False
