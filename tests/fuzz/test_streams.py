"""Whatever form is asked for, what comes is in that form, and a caller who leaves a stream ends it."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.depth import examples, fuzz
from tests.fuzz.invariants import check_graphql
from tests.fuzz.sending import JSON, PREFLIGHT, Field, Request, authorization, send
from tests.fuzz.strategies.requests import REQUESTS
from tests.fuzz.strategies.streams import ACCEPTS, streamed
from tests.fuzz.streams import check_stream, is_stream
from tests.fuzz.target import Target


@examples(fast=100, deep=1500)
def test_any_request_for_a_stream_is_answered(target: Target, examples: int) -> None:
    def answered(drawn: tuple[str, bytes]) -> None:
        body, accept = drawn
        fields: tuple[Field, ...] = (JSON, PREFLIGHT, authorization(target.admin), (b"Accept", accept))
        reply = send(target, Request(fields=fields, body=body.encode(errors="surrogatepass")))
        if is_stream(reply):
            check_stream(target, reply)
        else:
            check_graphql(target, reply)

    fuzz(examples, st.tuples(st.one_of(streamed(), streamed(), REQUESTS), ACCEPTS), answered)
