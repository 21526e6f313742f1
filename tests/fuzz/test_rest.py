"""Any call of the REST twins gets JSON, or a stream of it."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.depth import examples, fuzz
from tests.fuzz.invariants import check_anything
from tests.fuzz.sending import JSON, Request, authorization, send
from tests.fuzz.strategies.routes import ROUTES, Call, calls
from tests.fuzz.target import Target

KEYS = ["admin", "admin", "user", None]


@examples(fast=300, deep=3500)
def test_any_call_of_a_twin_is_answered(target: Target, examples: int) -> None:
    def answered(drawn: tuple[Call, str | None]) -> None:
        call, key = drawn
        fields = (JSON, (b"Accept", call.accept), *([] if key is None else [authorization(getattr(target, key))]))
        body = call.body.encode(errors="surrogatepass")
        reply = send(target, Request(call.method.encode(), call.target.encode(), fields, body))
        check_anything(target, reply)
        assert not reply.closed, "no answer"

    fuzz(examples, st.tuples(calls(), st.sampled_from(KEYS)), answered)


def test_there_are_routes_to_draw_from() -> None:
    assert len(ROUTES) > 20
