"""The work of preparing a document is bounded, and counted right: in calls of Python functions, not in time."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from graphql import GraphQLSchema, get_introspection_query, parse, specified_rules, validate
from graphql.execution import experimental_execute_incrementally
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.http.documents import Documents, Refused
from gateway.http.validation import Validator
from gateway.settings import LimitSettings
from schema import build_schema
from tests.worst_documents import worst_documents

WORST = dict(worst_documents())
MAX_CALLS = 250_000
"""The worst that was found takes 205,000, most of them graphql-core's: 100 a token."""

SCHEMA: GraphQLSchema = build_schema()._schema
LOOSE = LimitSettings(
    max_document_bytes=10**7,
    max_tokens=10**6,
    max_depth=100,
    max_root_fields=10**6,
    max_aliases=500,
    max_errors=100,
    max_field_comparisons=10**6,
)


DOCUMENTS = Documents(SCHEMA, LimitSettings())
THRIFTY_DOCUMENTS = Documents(SCHEMA, replace(LOOSE, max_cost=1))


def cost_of(document: str) -> str:
    """As the refusal says it."""
    with pytest.raises(Refused) as refused:
        THRIFTY_DOCUMENTS.prepare(document)
    return refused.value.errors[0].message


def calls_of(work: Callable[[], Any]) -> int:
    """Calls of Python functions while it runs."""
    calls = 0

    def count(_: FrameType, event: str, __: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        with contextlib.suppress(Refused):
            work()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("document", WORST.values(), ids=WORST)
def test_no_document_takes_more_than_a_bounded_number_of_calls(document: str) -> None:
    documents = Documents(SCHEMA, LimitSettings())
    assert 1000 < calls_of(lambda: documents.prepare(document)) < MAX_CALLS


@pytest.mark.parametrize(("fragments", "spreads"), [(19, 2), (22, 10), (150, 3)])
def test_fragments_that_spread_others_are_visited_once(fragments: int, spreads: int) -> None:
    """Reading a spread takes about 60 calls; what it would expand to has 500,000 fields and more."""
    text = (
        "{...F0}"
        + "".join(f"fragment F{i} on Query{{{f'...F{i + 1} ' * spreads}}}" for i in range(fragments))
        + f"fragment F{fragments} on Query{{user{{username}}}}"
    )
    documents = Documents(SCHEMA, LimitSettings())
    assert calls_of(lambda: documents.prepare(text)) < 100 * fragments * (spreads + 1)


def test_a_document_that_comes_again_is_not_parsed_again() -> None:
    documents = Documents(SCHEMA, LimitSettings())
    again = "{user{" + "username created " * 20 + "}}"
    first = calls_of(lambda: documents.prepare(again))
    assert calls_of(lambda: documents.prepare(again)) < first / 10


def test_the_cost_of_introspection_is_about_what_it_answers() -> None:
    ready = DOCUMENTS.prepare(get_introspection_query())
    result = experimental_execute_incrementally(SCHEMA, parse(get_introspection_query()))
    values = len(re.findall(r"'\w+':", str(result.data)))  # type: ignore[union-attr]
    assert values > 5000
    assert values < ready.cost < 1.5 * values


FIELDS = st.sampled_from(["username", "created", "x: website", "__typename"])


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=4).map(" ".join)
    return st.one_of(
        body.map(lambda text: f"predictors(input: {{count: 3}}) {{ tag owner {{ ... on User {{ {text} }} }} }}"),
        body.map(lambda text: f"... on User {{ {text} }}"),
    )


SELECTIONS = st.recursive(FIELDS, nested, max_leaves=8)
BODIES = st.lists(SELECTIONS, min_size=1, max_size=3).map(" ".join)


@settings(deadline=None, max_examples=50)
@given(bodies=st.lists(BODIES, min_size=1, max_size=4), twice=st.booleans())
def test_a_spread_weighs_what_its_fields_weigh_where_they_stand(bodies: list[str], twice: bool) -> None:
    spread, written = "username", "username"
    definitions = []
    for number, body in enumerate(bodies):
        definitions.append(f"fragment F{number} on User {{ {body} {spread} }}")
        written = " ".join([f"... on User {{ {body} {written} }}"] * (1 + twice))
        spread = " ".join([f"...F{number}"] * (1 + twice))
    assert cost_of(f"{{ user {{ {spread} }} }} {' '.join(definitions)}") == cost_of(f"{{ user {{ {written} }} }}")


@settings(deadline=None, max_examples=50)
@given(st.lists(st.one_of(SELECTIONS, st.sampled_from(["...F", "username: created", "wrong", "x: bio"])), min_size=1))
def test_the_verdict_is_graphql_cores(selections: list[str]) -> None:
    body = " ".join(selections)
    document = parse(f"{{ user {{ {body} }} }} fragment F on User {{ {body.replace('...F', 'x: username')} }}")
    found = Validator(SCHEMA, LOOSE).errors_of(document)
    assert [error.message for error in found] == [e.message for e in validate(SCHEMA, document, specified_rules)]


WORDS = ["{", "}", "(", ")", "[", "]", ":", "!", "$a", "@", "|", "=", "...", "#", "\n", '"b"', "1", "-2.5", "null"]
NAMES = ["query", "mutation", "fragment", "on", "A", "User", "user", "username", "input"]


@settings(deadline=None, max_examples=50)
@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS + NAMES)).map(" ".join)), st.text() | st.none())
def test_any_text_is_prepared_or_refused(text: str, name: str | None) -> None:
    with contextlib.suppress(Refused):
        DOCUMENTS.prepare(text, {"a": [{}]}, name)
