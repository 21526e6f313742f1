"""Messages of graphql-transport-ws in any order and form, and frames that carry them, or anything."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from tests.fuzz.served import CANARIES, MAX_BODY_BYTES
from tests.fuzz.strategies.json_text import VALUES, an_object
from tests.fuzz.strategies.requests import REQUESTS, sound
from tests.fuzz.websocket import BINARY, CLOSE, PING, PONG, TEXT, closing, frame

IDS = st.sampled_from(['"1"', '"2"', '"3"', '"é"', '"\\u0000"', '"' + "i" * 200 + '"'])
ODD_IDS = st.one_of(IDS, IDS, st.just('""'), VALUES)
TYPES = st.sampled_from(
    [
        "connection_init",
        "ping",
        "pong",
        "subscribe",
        "complete",
        "next",
        "error",
        "connection_ack",
        "start",
        "stop",
        "",
        "a",
    ]
).map(json.dumps)
KEY = f"Bearer {CANARIES.ada_key}"
CREDENTIALS = [
    {"Authorization": KEY}, {"authorization": KEY, "AUTHORIZATION": "a"}, {"Authorization": ["a"]},
    {"Authorization": None}, {"headers": {"Authorization": KEY}}, {"headers": {"authorization": None}},
    {"headers": None}, {"headers": [KEY]}, {"Authorization": "Bearer sk-canary-é"},
    {"Authorization": "Bearer sk-canary\r\nA: b"},
    {"Authorization": "Bearer \x00"},
]  # fmt: skip
PAYLOADS = st.sampled_from([None, {}, *CREDENTIALS]).map(json.dumps)


def _message(kind: str, **members: str) -> str:
    named = [('"type"', json.dumps(kind)), *((json.dumps(name), text) for name, text in members.items())]
    return an_object(named)


def _subscribe_or_complete(number: int, payload: str) -> str:
    """An operation of its own, or the end of the one before."""
    if payload:
        return _message("subscribe", id=f'"{number}"', payload=payload)
    return _message("complete", id=f'"{number - 1}"')


RIGHT_INIT = st.sampled_from(["null", "{}", json.dumps({"Authorization": KEY})]).map(
    lambda payload: _message("connection_init", payload=payload)
)
INIT = PAYLOADS.map(lambda payload: _message("connection_init", payload=payload))
SUBSCRIBE = st.builds(lambda name, payload: _message("subscribe", id=name, payload=payload), IDS, REQUESTS)
SOUND = st.lists(st.one_of(sound(), sound(), st.just("")), max_size=6).map(
    lambda payloads: [_subscribe_or_complete(number, payload) for number, payload in enumerate(payloads)]
)
OTHER = st.one_of(
    st.builds(lambda kind, payload: _message(kind, payload=payload), st.sampled_from(["ping", "pong"]), VALUES),
    st.builds(lambda name: _message("complete", id=name), ODD_IDS),
    st.builds(lambda name, payload: _message("subscribe", id=name, payload=payload), ODD_IDS, VALUES),
    st.builds(lambda payload: _message("connection_init", payload=payload), VALUES),
)
BROKEN = st.one_of(
    VALUES,
    st.text(max_size=10),
    st.lists(
        st.tuples(st.sampled_from(['"type"', '"id"', '"payload"', '"a"']), st.one_of(TYPES, IDS, VALUES)), max_size=4
    ).map(an_object),
)
MESSAGES = st.one_of(SUBSCRIBE, SUBSCRIBE, SUBSCRIBE, OTHER, BROKEN)


@st.composite
def conversations(draw: st.DrawFn) -> list[str]:
    """Messages that follow the protocol, with others among them in every second conversation."""
    if draw(st.booleans()):
        return [draw(RIGHT_INIT), *draw(SOUND)]
    first = [draw(INIT)] if draw(st.sampled_from([True] * 5 + [False])) else []
    return first + draw(SOUND) + draw(st.lists(MESSAGES, max_size=4))


@st.composite
def in_frames(draw: st.DrawFn, text: str) -> bytes:
    """One message in one or more frames, with a ping between them."""
    payload = text.encode(errors="surrogatepass")
    cuts = sorted(draw(st.lists(st.integers(0, len(payload)), max_size=2)))
    pieces = [payload[start:end] for start, end in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
    frames = [frame(TEXT if at == 0 else 0, piece, last=at == len(pieces) - 1) for at, piece in enumerate(pieces)]
    return frame(PING, b"a").join(frames)


CODES = st.sampled_from([0, 999, 1000, 1001, 1004, 1005, 1006, 1010, 1015, 2999, 3000, 4400, 4501, 4999, 5000, 65535])
ODD_FRAMES = st.one_of(
    st.builds(closing, CODES, st.binary(max_size=130)),
    st.builds(
        frame,
        st.sampled_from([0, TEXT, BINARY, 3, 7, CLOSE, PING, PONG, 11, 15]),
        st.binary(max_size=200),
        last=st.booleans(),
        masked=st.sampled_from([True] * 5 + [False]),
        reserved=st.sampled_from([0, 0, 0, 1, 4, 7]),
    ),
    st.just(frame(TEXT, b'"' + b"a" * MAX_BODY_BYTES + b'"')),
    st.sampled_from([b"\x81\xff" + b"\xff" * 8, b"\x81\xff" + b"\x7f" * 12, b"\x81\x05", b"GET / HTTP/1.1\r\n\r\n"]),
    st.binary(min_size=1, max_size=20),
)


@st.composite
def raw_frames(draw: st.DrawFn) -> list[bytes]:
    """Frames of messages, and among them some that break the rules of frames."""
    sound = st.one_of(INIT, SUBSCRIBE).flatmap(in_frames)
    return draw(st.lists(st.one_of(sound, ODD_FRAMES, ODD_FRAMES), min_size=1, max_size=6))
