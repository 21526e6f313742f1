"""Streams are taken apart in the same way wherever the network cut them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import UpstreamInvalid
from gateway.upstreams.pieces import Event, Events, JsonObjects

LIMIT = 10_000
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
objects = st.lists(st.dictionaries(st.text(max_size=4), values, max_size=3), max_size=5)
cuts = st.lists(st.integers(1, 9), min_size=1, max_size=20)


def cut(raw: bytes, sizes: list[int]) -> Iterable[bytes]:
    position, turn = 0, 0
    while position < len(raw):
        size = sizes[turn % len(sizes)]
        yield raw[position : position + size]
        position, turn = position + size, turn + 1


@settings(max_examples=60, deadline=None)
@given(objects, st.sampled_from(["", "\n", " \r\n\t"]), st.booleans(), cuts)
def test_json_objects_are_found_however_they_are_cut(
    items: list[dict[str, Any]], between: str, ascii_only: bool, sizes: list[int]
) -> None:
    raw = between.join(json.dumps(item, ensure_ascii=ascii_only) for item in items).encode()
    parser = JsonObjects(LIMIT)
    found = [json.loads(piece) for chunk in cut(raw, sizes) for piece in parser.feed(chunk)]
    parser.finish()
    assert found == items


@pytest.mark.parametrize("raw", [b"<html>", b"[{}]", b"1", b"{}x", b"{}}", b'"a"'])
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(UpstreamInvalid):
        list(JsonObjects(LIMIT).feed(raw))


def test_an_object_that_is_cut_off_is_noticed_at_the_end() -> None:
    parser = JsonObjects(LIMIT)
    assert list(parser.feed(b'{"a": 1} {"b": "}')) == [b'{"a": 1}']
    with pytest.raises(UpstreamInvalid):
        parser.finish()


def test_a_piece_over_the_limit_is_refused_before_it_is_whole() -> None:
    parser = JsonObjects(100)
    assert len(list(parser.feed(b'{"a": 1}' * 50))) == 50
    with pytest.raises(UpstreamInvalid):
        list(parser.feed(b'{"a": "' + b"x" * 100))
    for endless in (b"data: " + b"x" * 100, b"data: x\n" * 100):
        with pytest.raises(UpstreamInvalid):
            list(Events(100).feed(endless))


BLOCKS = [
    ("data: a", Event("message", b"a")),
    ("data:a\ndata: b\ndata", Event("message", b"a\nb\n")),
    ("event: x\ndata:  two spaces", Event("x", b" two spaces")),
    ("id: 7\nretry: 9\nother: 1\ndata: \u00e9", Event("message", "\u00e9".encode())),
    (": a comment\ndata: a: b", Event("message", b"a: b")),
    ("event: without data", None),
    ("data", Event("message", b"")),
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(BLOCKS), max_size=5), st.sampled_from(["\n", "\r", "\r\n"]), st.booleans(), cuts)
def test_events_are_found_however_they_are_cut(
    blocks: list[tuple[str, Event | None]], line_end: str, bom: bool, sizes: list[int]
) -> None:
    text = "".join(block + "\n\n" for block, _ in blocks) + "event: cut off\ndata: x"
    raw = ("\ufeff" if bom else "").encode() + text.replace("\n", line_end).encode()
    parser = Events(LIMIT)
    found = [event for chunk in cut(raw, sizes) for event in parser.feed(chunk)]
    assert found == [event for _, event in blocks if event is not None]
