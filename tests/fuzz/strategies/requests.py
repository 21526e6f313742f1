"""GraphQL requests as text: members that are right, of a wrong kind, unknown, or there twice; and batches of them."""

from __future__ import annotations

import hashlib
import json

from hypothesis import strategies as st

from tests.fuzz.strategies.documents import TEXTS, changed
from tests.fuzz.strategies.json_text import VALUES, an_object, array
from tests.fuzz.strategies.seeds import SEEDS

NAMES = ["query", "variables", "operationName", "extensions", "documentId", "id", "doc_id", "queryId", "__proto__", "a"]
HASH = hashlib.sha256(SEEDS[0].text.encode()).hexdigest()
HASHES = [HASH, HASH.upper(), HASH[:-1], "0" * 64, "", "ä" * 64, "sha256:" + HASH, "../" * 20, HASH + "\x00"]
TEXT_OF_HASH = st.one_of(st.sampled_from(HASHES).map(json.dumps), VALUES)
PERSISTED = st.lists(
    st.one_of(
        st.tuples(st.just('"version"'), st.one_of(st.sampled_from(["1", "1.0", '"1"', "2", "true", "null"]), VALUES)),
        st.tuples(st.just('"sha256Hash"'), TEXT_OF_HASH),
        st.tuples(st.just('"sha256Hash"'), TEXT_OF_HASH),
    ),
    max_size=3,
).map(an_object)
RIGHT_HASH = st.just(f'{{"persistedQuery": {{"version": 1, "sha256Hash": "{HASH}"}}}}')
EXTENSIONS = st.one_of(
    RIGHT_HASH,
    st.one_of(PERSISTED, VALUES).map(lambda value: an_object([('"persistedQuery"', value)])),
    VALUES,
)
DOCUMENT_IDS = st.one_of(st.sampled_from(HASHES).map(lambda text: json.dumps(f"sha256:{text}")), TEXT_OF_HASH)
OPERATION_NAMES = st.sampled_from(["null", '""', '"Q"', '"R"', '"nothing"', '"__typename"', "1", "[]"])

Member = tuple[str, str]
RIGHT: st.SearchStrategy[Member] = st.one_of(
    st.tuples(st.just('"query"'), changed(TEXTS, max_edits=1).map(json.dumps)),
    st.tuples(st.just('"variables"'), VALUES),
    st.tuples(st.just('"operationName"'), OPERATION_NAMES),
    st.tuples(st.just('"extensions"'), EXTENSIONS),
    st.tuples(st.just('"documentId"'), DOCUMENT_IDS),
)
WRONG: st.SearchStrategy[Member] = st.tuples(st.sampled_from(NAMES).map(json.dumps), VALUES)


@st.composite
def sound(draw: st.DrawFn) -> str:
    """A request that runs, or would but for a change in one place: its document, or one member."""
    members = dict(draw(st.sampled_from(SEEDS)).members)
    match draw(st.sampled_from(["", "", "", "document", "document", "member"])):
        case "document":
            members['"query"'] = draw(changed(st.just(json.loads(members['"query"'])), max_edits=2).map(json.dumps))
        case "member":
            name, value = draw(RIGHT)
            members[name] = value
    return an_object(list(members.items()))


@st.composite
def loose(draw: st.DrawFn) -> str:
    """Any members, in any order and number."""
    return an_object(draw(st.lists(st.one_of(RIGHT, RIGHT, WRONG), max_size=5)))


REQUESTS = st.one_of(sound(), sound(), loose())
BODIES = st.one_of(
    sound(),
    sound(),
    loose(),
    st.lists(sound(), min_size=1, max_size=12).map(array),
    st.lists(st.one_of(REQUESTS, VALUES), max_size=12).map(array),
    VALUES,
)
"""What a POST may bring: a request, a batch, or anything."""
