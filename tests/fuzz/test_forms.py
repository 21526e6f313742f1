"""Any form gets a GraphQL response."""

from __future__ import annotations

from tests.fuzz.depth import examples, fuzz
from tests.fuzz.invariants import check_graphql
from tests.fuzz.sending import PREFLIGHT, Request, authorization, send
from tests.fuzz.strategies.forms import forms
from tests.fuzz.target import Target


@examples(fast=200, deep=3000)
def test_any_form_is_answered(target: Target, examples: int) -> None:
    def answered(form: tuple[bytes, bytes]) -> None:
        content_type, body = form
        fields = (PREFLIGHT, authorization(target.user), (b"Content-Type", content_type))
        check_graphql(target, send(target, Request(fields=fields, body=body)))

    fuzz(examples, forms(), answered)
