"""Parameters of ``GET /graph``, percent-encoded in most places."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import strategies as st

from tests.fuzz.strategies.documents import TEXTS, changed
from tests.fuzz.strategies.json_text import VALUES
from tests.fuzz.strategies.requests import DOCUMENT_IDS, EXTENSIONS, OPERATION_NAMES
from tests.fuzz.strategies.seeds import SEEDS

NAMES = ["query", "variables", "operationName", "extensions", "documentId", "a", "", "query[]", "variables.a"]
ODD = ["%", "%zz", "%ff", "%ed%a0%80", "%00", "+", "%2B", "&", "=", "==", ";", "a=b", "%25", "%F0%9F%98%80"]
MAX_CHARS = 5000
"""Servers read 64 kB of a request's line and header."""
SHORT = VALUES.map(lambda text: text[:MAX_CHARS])
RIGHT = st.one_of(
    st.tuples(st.just("query"), TEXTS),
    st.tuples(st.just("query"), changed(TEXTS, max_edits=2)),
    st.tuples(st.just("variables"), st.sampled_from(['{"a": true}', "{}", '{"count": 1}'])),
    st.tuples(st.just("variables"), SHORT),
    st.tuples(st.just("operationName"), OPERATION_NAMES.map(lambda text: text.strip('"'))),
    st.tuples(st.just("extensions"), EXTENSIONS.map(lambda text: text[:MAX_CHARS])),
    st.tuples(st.just("documentId"), DOCUMENT_IDS.map(lambda text: text.strip('"')[:500])),
)


def _encoded(pair: tuple[str, str]) -> str:
    name, value = (quote(text, safe="", errors="surrogatepass") for text in pair)
    return f"{name}={value}"


PARAMETER = st.one_of(
    RIGHT.map(_encoded),
    RIGHT.map(_encoded),
    st.tuples(st.sampled_from(NAMES), SHORT).map(_encoded),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(ODD)).map("=".join),
    st.sampled_from(ODD),
)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A request that runs, sometimes with a change in its document, one parameter too many, or without any sense."""
    members = dict(draw(st.sampled_from(SEEDS)).parameters)
    match draw(st.sampled_from(["", "", "document", "document", "more", "any"])):
        case "document":
            members["query"] = draw(changed(st.just(members["query"]), max_edits=2))
        case "more":
            return "&".join([*map(_encoded, members.items()), draw(PARAMETER)])
        case "any":
            return "&".join(draw(st.lists(PARAMETER, max_size=6)))
    return "&".join(map(_encoded, members.items()))
