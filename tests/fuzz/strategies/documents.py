"""Documents: those that run, those that the schema allows, and both with a few words changed."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from graphql import NameNode, ObjectFieldNode, ObjectValueNode
from hypothesis import strategies as st
from hypothesis_graphql import Mode, from_schema, nodes

from schema import build_schema
from tests.fuzz.strategies.seeds import IDS, KNOWN, LOSABLE, LOSABLE_IDS, SEEDS
from tests.worst_documents import worst_documents

DIRECTIVES = [
    "@skip(if: true)", "@skip(if: $a)", "@skip", "@include(if: false)", "@include(if: null)", "@defer",
    '@defer(label: "a")',
    "@defer(if: false)", "@defer(if: $a)", "@stream", "@stream(initialCount: -1)", "@stream(initialCount: 9999999999)",
    '@stream(label: "a", if: true)', '@specifiedBy(url: "a")', "@deprecated", "@oneOf", "@requires(role: ADMIN)",
    "@experimental_disableErrorPropagation", "@nothing", "@skip(if: false) @include(if: true) @defer",
]  # fmt: skip
SELECTIONS = [
    "__typename", "a: __typename", "a: user { username }", "user", "__schema { types { name } }",
    '__type(name: "Query") { name }',
    "a: b: c", "...Loop", "...P", "...Nothing", "... on Query { __typename }", "... on Nothing { a }",
    "... { __typename }",
    "... @defer { __typename }", "... @skip(if: false) { a: __typename }", "... @include(if: false) { a }", "name",
    "id",
]  # fmt: skip
VALUES = [
    "99999999999999999999", "-1", "1e999", "-0.0", "0.1e-999", "9" * 500, "null", "true", "RED", "[]", "[[[[]]]]", "{}",
    "{a: {a: {a: 1}}}", '""', r'"\u0000"', r'"\ud800"', r'"\ud83d\ude00"', r'"\u{1F600}"', r'"\u{110000}"',
    r'"\u{d800}"',
    '"""block"""', '"""\\""" """', "$a", "$nothing", *(f'"{each}"' for each in IDS),
]  # fmt: skip
WORDS = [
    *DIRECTIVES, *SELECTIONS, *VALUES, '"""', '"', "$", "query", "mutation", "subscription", "fragment", "on", "{",
    "}", "(",
    ")", "[", "]", "!", "=", ":", "&", "|", "@", "...", "\ufeff", "\x00", "# comment", "`", "é", "\u2028",
    "\U0001f600", ",,,,",
    "(input: null)", "(input: {})", "(input: $a)", "(input: {id: 1, id: 2})", "(a: 1)", "count: -1",
    "count: 2147483648",
    "offset: -1",
]  # fmt: skip
DEFINITIONS = [
    "fragment Loop on Query { ...Loop }", "fragment P on Predictor { ...P }", "fragment P on Query { __typename }",
    "query Q { __typename }", "query ($a: Int) { __typename }", "type A { a: Int }", "extend schema @a",
    "{ __typename }",
    "fragment Loop on Query { a: __typename ... @defer { ...P } } fragment P on Query { ...Loop }", "# comment",
]  # fmt: skip
TOKEN = re.compile(r'"""(?:\\"""|[^"]|"(?!""))*"""|"(?:\\.|[^"\\\n])*"|-?\d[\d.eE+-]*|\w+|\.\.\.|\S')
VALUE = re.compile(r'"|-?\d|true$|false$|null$')


def _add_directive(draw: st.DrawFn, tokens: list[str]) -> list[str]:
    return _inserted(draw, tokens, _selection_sets(tokens), DIRECTIVES)


def _add_selection(draw: st.DrawFn, tokens: list[str]) -> list[str]:
    return _inserted(draw, tokens, [at + 1 for at in _selection_sets(tokens)], SELECTIONS)


def _selection_sets(tokens: list[str]) -> list[int]:
    """Where one begins; an input object has a colon after its first name."""
    return [at for at, token in enumerate(tokens[:-2]) if token == "{" and tokens[at + 2] != ":"]


def _add_definition(draw: st.DrawFn, tokens: list[str]) -> list[str]:
    return _inserted(draw, tokens, [0, len(tokens)], DEFINITIONS)


def _inserted(draw: st.DrawFn, tokens: list[str], places: list[int], words: list[str]) -> list[str]:
    at = draw(st.sampled_from(places or [0]))
    return [*tokens[:at], draw(st.sampled_from(words)), *tokens[at:]]


def _change_value(draw: st.DrawFn, tokens: list[str]) -> list[str]:
    at = draw(st.sampled_from([at for at, token in enumerate(tokens) if VALUE.match(token)] or [0]))
    return [*tokens[:at], draw(st.sampled_from(VALUES)), *tokens[at + 1 :]]


def _change_any(draw: st.DrawFn, tokens: list[str]) -> list[str]:
    """Drop, double, replace, or swap with a word from elsewhere."""
    at = draw(st.integers(0, len(tokens) - 1))
    words = st.sampled_from([*WORDS, draw(st.sampled_from(tokens))])
    put = draw(st.lists(st.one_of(words, st.just(tokens[at])), max_size=2))
    return [*tokens[:at], *put, *tokens[at + 1 :]]


EDITS = [_add_directive, _add_directive, _add_selection, _add_selection, _change_value, _add_definition, _change_any]


@st.composite
def changed(draw: st.DrawFn, documents: st.SearchStrategy[str], max_edits: int = 3) -> str:
    """A document with a few changes: more directives, selections, definitions, other values, or words out of place."""
    tokens = TOKEN.findall(draw(documents)) or ["{"]
    for _ in range(draw(st.integers(0, max_edits))):
        tokens = draw(st.sampled_from(EDITS))(draw, tokens) or ["{"]
    return " ".join(tokens)


def _texts(*texts: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(texts).map(nodes.String)


ANYTHING = st.one_of(st.text(max_size=8).map(nodes.String), st.integers().map(nodes.Int), st.just(nodes.Null))
OBJECT = st.dictionaries(st.sampled_from(["name", "priority", "a"]), ANYTHING, max_size=2).map(
    lambda members: ObjectValueNode(
        fields=tuple(ObjectFieldNode(name=NameNode(value=name), value=value) for name, value in members.items())
    )
)
SCALARS = {
    "DateTime": _texts("2020-01-01T00:00:00Z", "2020-13-01", ""),
    "URL": _texts(
        "https://example.test/a", "data:text/plain,a", "data:;base64,AAAA", "http://127.0.0.1:1/", "file:///a"
    ),
    "JSON": ANYTHING,
    "JSONObject": OBJECT,
    "Tag": _texts(*KNOWN["tag"], *LOSABLE["tag"], "@nobody/nothing", "@a/b/c", "tag"),
    "Dtype": _texts("float32", "string", "dict", "image", "bfloat16", "object"),
    "Client": _texts("linux:x86_64", "macos", "browser", "a", "ios:arm64:1"),
    "Upload": ANYTHING,
}


@cache
def of_the_schema(mode: Mode) -> st.SearchStrategy[str]:
    """Operations that the schema allows (``POSITIVE``), or that break it in one place (``NEGATIVE``)."""
    schema = build_schema()._schema
    return from_schema(schema, custom_scalars=SCALARS, mode=mode)


TAKES_AWAY = re.compile("delete|archive|teardown|sync")
NAMES_A_THING = {"id", "deployment", "functionId", "username", "route", "organization", "version"}


@st.composite
def with_known_ids(draw: st.DrawFn, documents: st.SearchStrategy[str]) -> str:
    """A document whose ids are mostly those of things that are there, and whose numbers are small."""
    text = draw(documents)
    there = LOSABLE_IDS if TAKES_AWAY.search(text) else IDS
    names = draw(st.lists(st.sampled_from(there), min_size=1, max_size=4))
    tokens = TOKEN.findall(text)
    for at, token in enumerate(tokens):
        if token.startswith('"') and tokens[at - 2] in NAMES_A_THING:
            tokens[at] = f'"{names[at % len(names)]}"'
        elif token.lstrip("-").isdecimal() and len(token) > 2:
            tokens[at] = token[-1]
    return " ".join(tokens)


TEXTS = st.sampled_from([seed.text for seed in SEEDS])
WORST = st.sampled_from([text for _, text in worst_documents()])


def documents() -> st.SearchStrategy[str]:
    """All kinds."""
    allowed = with_known_ids(of_the_schema(Mode.POSITIVE))
    return st.one_of(
        allowed,
        changed(allowed, max_edits=2),
        changed(TEXTS),
        changed(TEXTS, max_edits=1),
        of_the_schema(Mode.NEGATIVE),
        changed(WORST, max_edits=1),
        st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
        st.text(max_size=50),
    )
