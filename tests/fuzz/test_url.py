"""Any parameters of ``GET /graph`` get a GraphQL response."""

from __future__ import annotations

from tests.fuzz.depth import examples, fuzz
from tests.fuzz.invariants import check_graphql
from tests.fuzz.sending import PREFLIGHT, Request, authorization, send
from tests.fuzz.strategies.urls import queries
from tests.fuzz.target import Target


@examples(fast=150, deep=2000)
def test_any_parameters_are_answered(target: Target, examples: int) -> None:
    def answered(query: str) -> None:
        fields = (PREFLIGHT, authorization(target.user))
        path = b"/graph?" + query.encode("latin-1", errors="replace")
        check_graphql(target, send(target, Request(b"GET", path, fields)))

    fuzz(examples, queries(), answered)
