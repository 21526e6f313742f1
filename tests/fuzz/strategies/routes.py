"""Requests to the REST twins: their own paths, parameters and members, with values of every kind."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from hypothesis import strategies as st

import gateway.http
from gateway.http.rest.twin import read_header
from tests.fuzz.strategies.json_text import VALUES, an_object
from tests.fuzz.strategies.seeds import IDS, KNOWN, LOSABLE
from tests.fuzz.strategies.urls import ODD, SHORT

TWINS = Path(gateway.http.__file__).parent / "twins"
PARAMETER = re.compile(r"\{(\w+)\}")
VARIABLE = re.compile(r"\$(\w+)\s*:")
RIGHT_VALUES = [
    *map(json.dumps, IDS), "true", "false", "null", "1", "0", "-1", "2147483648", '"x"', "{}", "[]", '{"name": "Ada"}',
    '{"name": {"data": "a", "type": "string"}}', '[{"name": "name", "stringValue": "a"}]', '"CLOUD"', '"undefined"',
]  # fmt: skip
SEGMENTS = [
    *IDS,
    ".",
    "..",
    "%",
    "%2e%2e",
    "%2F",
    "%00",
    "%ff",
    "%C3%A9",
    "a" * 300,
    "@",
    "a b",
    "a;b",
    "a,b",
    "list",
    "*",
]
ACCEPTS = [b"", b"application/json", b"text/event-stream", b"application/x-ndjson", b"text/plain", b"a", b"*/*;q=0"]


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """As a request is sent; ``target`` is path and query."""

    method: str
    target: str
    body: str
    accept: bytes


def _route(text: str) -> Route:
    header = read_header(text)
    return Route(header.method, header.path, tuple(dict.fromkeys(VARIABLE.findall(text))))


TEXTS = [file.read_text() for file in sorted(TWINS.rglob("*.graphql")) if file.name != "fragments.graphql"]
STREAM = Route("POST", "/deployments/{id}/stream/{route}", ("arguments", "a"))
ROUTES = [*map(_route, TEXTS), STREAM]
VALUE = st.one_of(st.sampled_from(RIGHT_VALUES), st.sampled_from(RIGHT_VALUES), VALUES)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Mostly of a path that is there, by a method that it takes, for a thing that is there."""
    route = draw(st.sampled_from(ROUTES))
    path = PARAMETER.sub(lambda name: draw(_segment(route, name[1])), route.path)
    names = st.sampled_from([*route.names, *route.names, *route.names, "stream", "nothing"])
    pairs = draw(st.lists(st.tuples(names, PARAMETERS).map("=".join), max_size=2))
    query = "?" + "&".join(pairs) if pairs else ""
    members = st.lists(st.tuples(names.map(json.dumps), VALUE), max_size=5).map(an_object)
    body = "" if route.method == "GET" else draw(st.one_of(members, members, st.just(""), VALUES))
    method = route.method
    if draw(st.sampled_from([False] * 9 + [True])):
        method = draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "TRACE"]))
    return Call(method, path + query, body, draw(st.sampled_from(ACCEPTS)))


def _segment(route: Route, name: str) -> st.SearchStrategy[str]:
    known = LOSABLE if route.method == "DELETE" or "archive" in route.path else KNOWN
    there = known.get(name) or known.get(route.path.split("/")[1]) or IDS
    return st.one_of(st.sampled_from(there), st.sampled_from(there), st.sampled_from(there), ANY_SEGMENT)


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


PARAMETERS = st.one_of(st.sampled_from(RIGHT_VALUES).map(_quoted), SHORT.map(_quoted), st.sampled_from(ODD))
ANY_SEGMENT = st.one_of(st.sampled_from(SEGMENTS), st.text(max_size=10).map(_quoted))
