"""Any body of a POST to ``/graph`` gets a GraphQL response, and never a 5xx."""

from __future__ import annotations

from tests.fuzz.depth import examples, fuzz
from tests.fuzz.invariants import check_graphql
from tests.fuzz.sending import JSON, Request, authorization, send
from tests.fuzz.strategies.json_text import encoded
from tests.fuzz.strategies.requests import BODIES
from tests.fuzz.target import Target


@examples(fast=200, deep=1500)
def test_any_json_is_answered(target: Target, examples: int) -> None:
    def answered(body: str) -> None:
        raw = body.encode(errors="surrogatepass")
        check_graphql(target, send(target, Request(fields=(JSON, authorization(target.user)), body=raw)))

    fuzz(examples, BODIES, answered)


@examples(fast=100, deep=1500)
def test_any_bytes_are_answered(target: Target, examples: int) -> None:
    def answered(raw: bytes) -> None:
        check_graphql(target, send(target, Request(fields=(JSON,), body=raw)))

    fuzz(examples, encoded(BODIES), answered)
