"""Whatever a WebSocket brings, it is answered by the protocol, or closed with a code that blames the client."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.depth import examples, fuzz
from tests.fuzz.invariants import SECRET, check_errors, check_response
from tests.fuzz.served import MAX_BODY_BYTES
from tests.fuzz.strategies.frames import conversations, in_frames, raw_frames
from tests.fuzz.target import PATIENCE_S, Target
from tests.fuzz.websocket import TEXT, Heard, closing, frame, opened

CODES = {1000, 1002, 1003, 1007, 1009, 4400, 4401, 4403, 4409, 4429}
"""Of RFC 6455 those that blame the client, and those of the protocol."""
PING = frame(TEXT, b'{"type": "ping"}')
LINGER_S = 0.1
UNFINISHED_S = 0.03


@examples(fast=120, deep=900)
def test_any_messages_are_answered_by_the_protocol(target: Target, examples: int) -> None:
    # A message that is too long is not read to its end. The kernel then resets the connection, and the close frame that
    # was sent may be lost with it.
    def answered(drawn: tuple[list[bytes], bool]) -> None:
        frames, lingers = drawn
        with opened(target) as peer:
            for each in [*frames, PING]:
                peer.send(each)
            came = peer.listen(PATIENCE_S, until="pong")
            if lingers and peer.heard.code is None:
                peer.listen(LINGER_S)
            if peer.heard.code is None:
                peer.send(closing(1000))
                peer.listen(PATIENCE_S)
        target.settle()
        assert came, "no answer"
        check_heard(peer.heard)
        if peer.heard.dropped:
            assert max(map(len, frames)) > MAX_BODY_BYTES, "no close frame"
        else:
            assert peer.heard.code in CODES

    framed = conversations().flatmap(lambda texts: st.tuples(*map(in_frames, texts)).map(list))
    fuzz(examples, st.tuples(framed, st.booleans()), answered)


@examples(fast=120, deep=2000)
def test_any_frames_leave_nothing_behind(target: Target, examples: int) -> None:
    def answered(frames: list[bytes]) -> None:
        with opened(target) as peer:
            for each in frames:
                peer.send(each)
            peer.listen(UNFINISHED_S)
        target.settle()
        check_heard(peer.heard)

    fuzz(examples, raw_frames(), answered)


def check_heard(heard: Heard) -> None:
    """The messages are of the protocol, and no close says that it was the gateway's fault."""
    assert heard.code not in (1011, 4500), heard
    assert SECRET not in str(heard), heard
    for message in heard.messages:
        _check_message(message)


def _check_message(message: dict[str, Any]) -> None:
    members = message.keys() - {"type"}
    match message["type"]:
        case "connection_ack" | "pong":
            assert not members, message
        case "next":
            assert members == {"id", "payload"}, message
            check_response(message["payload"])
        case "error":
            assert members == {"id", "payload"}, message
            assert message["payload"], message
            check_errors(message["payload"])
        case "complete":
            assert members == {"id"}, message
        case _:
            raise AssertionError(json.dumps(message))
