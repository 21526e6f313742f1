"""Any document is run or refused, by an administrator or a stranger, with any variables."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from tests.fuzz.depth import examples, fuzz
from tests.fuzz.invariants import check_graphql
from tests.fuzz.sending import JSON, Request, authorization, send
from tests.fuzz.strategies.documents import documents
from tests.fuzz.strategies.json_text import CANARY_TEXT
from tests.fuzz.target import Target

KEYS = ["admin", "user", None]
VARIABLES = st.sampled_from(
    [None, {}, {"a": True}, {"a": CANARY_TEXT, "input": {}}, {"input": {"id": CANARY_TEXT}}, {"count": -1}]
)


@examples(fast=150, deep=1000)
def test_any_document_is_answered(target: Target, examples: int) -> None:
    def answered(drawn: tuple[str, object, str | None]) -> None:
        document, variables, key = drawn
        body = json.dumps({"query": document, "variables": variables}).encode()
        fields = (JSON, *([] if key is None else [authorization(getattr(target, key))]))
        check_graphql(target, send(target, Request(fields=fields, body=body)))

    fuzz(examples, st.tuples(documents(), VARIABLES, st.sampled_from(KEYS)), answered)
