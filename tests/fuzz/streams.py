"""The JSON in a stream, by the rules of its form: server-sent events, or ``multipart/mixed``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.fuzz.invariants import check_errors, check_refusable, check_response, strict_json
from tests.fuzz.sending import Reply
from tests.fuzz.target import Target

EVENTS = "text/event-stream"
MULTIPART = "multipart/mixed"
BOUNDARY = re.compile(r'boundary="(.+?)"')


def is_stream(reply: Reply) -> bool:
    return reply.header("content-type").startswith((EVENTS, MULTIPART))


def check_stream(target: Target, reply: Reply) -> None:
    """Of a stream that may have been left before its end: each part that is whole is a GraphQL response, or a part."""
    check_refusable(target, reply)
    assert reply.status == 200, reply
    pieces = _events(reply) if reply.header("content-type").startswith(EVENTS) else _parts(reply)
    for piece in pieces:
        _check(strict_json(piece))


def _events(reply: Reply) -> Iterator[bytes]:
    *whole, _ = reply.body.split(b"\n\n")
    for event in whole:
        if event not in (b":", b"event: complete\ndata:"):
            assert event.startswith(b"event: next\ndata: "), event
            yield event.removeprefix(b"event: next\ndata: ")


def _parts(reply: Reply) -> Iterator[bytes]:
    boundary = BOUNDARY.search(reply.header("content-type"))
    assert boundary, reply.headers
    preamble, *parts = reply.body.split(b"\r\n--" + boundary[1].encode())
    assert preamble == b"", preamble
    for part in parts[:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        assert head == b"\r\nContent-Type: application/json; charset=utf-8", head
        yield content


def _check(part: Any) -> None:
    assert isinstance(part, dict), part
    if part.keys() <= {"payload", "errors"} and part.get("payload") is None:
        check_errors(part.get("errors", []))  # a heartbeat, or the end of a stream that broke off
    elif "payload" in part:
        check_response(part["payload"])
    else:
        check_response(part)
        for late in [*part.get("incremental", []), *part.get("completed", [])]:
            check_errors(late.get("errors", []))
