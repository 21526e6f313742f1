"""Requests that are answered in parts, and the forms in which callers ask for the parts."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from tests.fuzz.strategies.documents import changed
from tests.fuzz.strategies.seeds import SEEDS

IN_PARTS = [seed for seed in SEEDS if "@" in seed.text.replace('"@', "") or seed.text.startswith("subscription")]
ACCEPTS = st.sampled_from(
    [
        b"text/event-stream", b"text/event-stream, application/json;q=0.9", b"application/json, text/event-stream",
        b"multipart/mixed", b"multipart/mixed, application/json",
        b'multipart/mixed;deferSpec=20220824, application/json',
        b'multipart/mixed;subscriptionSpec="1.0", application/json', b"multipart/mixed;subscriptionSpec=1.0",
        b"multipart/mixed;incrementalSpec=v0.2, application/graphql-response+json",
        b"multipart/mixed;incrementalSpec=v0.1",
        b"multipart/mixed;deferSpec=1", b"multipart/*;q=0.5, text/event-stream;q=0.5", b"*/*",
        b"text/event-stream;q=0, */*",
    ]
)  # fmt: skip


@st.composite
def streamed(draw: st.DrawFn) -> str:
    """A subscription, or a document with ``@defer`` or ``@stream``; sometimes with a few changes."""
    seed = draw(st.sampled_from(IN_PARTS))
    text = draw(changed(st.just(seed.text), max_edits=2)) if draw(st.booleans()) else seed.text
    return json.dumps({"query": text, "variables": seed.variables, "operationName": seed.name})
