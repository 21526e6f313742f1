"""JSON as text, so that it can be wrong: members twice, numbers that are none, half a surrogate pair, endless depth."""

from __future__ import annotations

import gzip
import json

from hypothesis import strategies as st

CANARY_TEXT = "canary-in-the-data"
ODD_STRINGS = [
    r'"\ud800"', r'"\udc00\ud800"', r'"\ud83d\ude00"', r'"\u0000"', '"\x00"', '"\x7f"', r'"\x"', r'"\u12"', '"\t"',
    '"\n"',
    '"', '""', "'a'", r'"\uFEFF"', '"\u2028"', '"\U0001f600"', '"' + "a" * 5000 + '"', '"' + "\\u0041" * 500 + '"',
    '"__proto__"', '"../../etc/passwd"', '"%00"', '"null"', f'"{CANARY_TEXT}"',
]  # fmt: skip
ODD_NUMBERS = [
    "0", "-0", "-0.0", "1e400", "-1e400", "1e-400", "1E5", "1e5", "2147483647", "2147483648", "-2147483649", "1.0",
    "1.5",
    "9007199254740993", "9" * 400, "9" * 5000, "0." + "0" * 400 + "1", "01", "1.", "+1", ".5", "0x10", "NaN",
    "Infinity",
    "-Infinity", "1_000", "1e999999999",
]  # fmt: skip
WORDS = ["null", "true", "false", "True", "None", "undefined", "nul", "", "{", "[", "]", ",", ":", "//", "/* */ 1"]

TEXTS = st.text(max_size=20)
STRINGS = st.one_of(
    TEXTS.map(json.dumps), TEXTS.map(lambda text: json.dumps(text, ensure_ascii=False)), st.sampled_from(ODD_STRINGS)
)
NUMBERS = st.one_of(st.integers().map(str), st.floats().map(str), st.sampled_from(ODD_NUMBERS))
LEAVES = st.one_of(STRINGS, NUMBERS, st.sampled_from(WORDS))


def array(items: list[str]) -> str:
    return f"[{','.join(items)}]"


def an_object(members: list[tuple[str, str]]) -> str:
    """Names are JSON already."""
    return "{" + ",".join(f"{name}:{value}" for name, value in members) + "}"


def _deep(levels: int, opened: str, closed: str) -> str:
    return opened * levels + "1" + closed * levels


DEEP = st.builds(
    lambda levels, pair: _deep(levels, *pair),
    st.sampled_from([10, 63, 65, 500, 1001, 5000, 50_000]),
    st.sampled_from([("[", "]"), ('{"a":', "}"), ('[{"a":', "}]"), ("[", "")]),
)
NAMES = st.one_of(STRINGS, st.sampled_from(['"a"', '"b"', '"input"', '"id"', '"type"', '"data"']))


def _collections(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    members = st.lists(st.tuples(NAMES, inner), max_size=4)
    return st.one_of(st.lists(inner, max_size=4).map(array), members.map(an_object))


@st.composite
def values(draw: st.DrawFn) -> str:
    """Any JSON, and much that is nearly so."""
    return draw(st.one_of(st.recursive(LEAVES, _collections, max_leaves=10), DEEP))


VALUES = values()


def _encoded(text: str, form: str) -> bytes:
    if form == "gzip":
        return gzip.compress(text.encode(errors="surrogatepass"))
    return text.encode(form, errors="surrogatepass" if form.startswith("utf") else "replace")


FORMS = st.sampled_from(["utf-8"] * 12 + ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "gzip"])
TAILS = st.one_of(
    st.just(b""), st.just(b""), st.binary(max_size=4), st.sampled_from([b"\x00", b"\xff", b"}", b"\n" * 99])
)


@st.composite
def encoded(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> bytes:
    """The text as bytes: mostly UTF-8 and whole, now and then in another form, cut, or with something behind it."""
    raw = _encoded(draw(texts), draw(FORMS))
    cut = draw(st.sampled_from([0] * 8 + [1, 2, 7]))
    return raw[: len(raw) - cut] + draw(TAILS)
