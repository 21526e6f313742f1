"""Validation where graphql-core's own rules break off."""

from __future__ import annotations

import pytest
from graphql import parse

from gateway.http.validation import Validator
from gateway.settings import LimitSettings
from schema import build_schema

VALIDATOR = Validator(build_schema()._schema, LimitSettings())
SEARCH = '{ search(input: {query: "a"}) { item { %s } } }'


@pytest.mark.parametrize(
    "selection", ["__typename @stream", "... on Predictor @stream { tag }", "... @stream { __typename }"]
)
def test_stream_below_a_union_is_refused(selection: str) -> None:
    messages = [error.message for error in VALIDATOR.errors_of(parse(SEARCH % selection))]
    assert "Stream directive cannot be used on non-list fields of type 'SearchItem'." in messages


@pytest.mark.parametrize(
    "selection", ["__typename", "... on Predictor @defer { tag }", "... on Deployment { endpoints @stream { route } }"]
)
def test_what_is_right_below_a_union_is_not(selection: str) -> None:
    assert VALIDATOR.errors_of(parse(SEARCH % selection)) == []
