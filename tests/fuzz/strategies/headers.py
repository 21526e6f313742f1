"""Header fields as bytes: what clients send, what they should not, and what no client would."""

from __future__ import annotations

import base64

from hypothesis import strategies as st

from tests.fuzz.sending import Field, Request
from tests.fuzz.served import CANARIES, MAX_BODY_BYTES

KINDS = [
    "*/*", "application/*", "application/json", "application/graphql-response+json", "text/event-stream",
    "multipart/mixed", "multipart/*", "text/html", "text/plain", "APPLICATION/JSON", "application/json, ", "", ";", "a",
    "application/", "/json", "*", "*/json", "\xe9/\xff", "image/png",
]  # fmt: skip
PARAMETERS = [
    "", "; q=0", "; q=1", ";q=0.001", "; q=2", "; q=-1", "; q=nan", "; q=inf", "; q=", "; q", "; q=1; q=0", ";;;",
    "; =",
    "; charset=utf-8", "; charset=utf-16", "; subscriptionSpec=1.0", '; subscriptionSpec="1.0"', "; deferSpec=20220824",
    "; incrementalSpec=v0.2", "; boundary=graphql", '; boundary="-"', "; boundary=\x7f", "; a=" + "b" * 3000,
]  # fmt: skip
RANGE = st.builds(str.__add__, st.sampled_from(KINDS), st.sampled_from(PARAMETERS))
ACCEPT = st.lists(RANGE, max_size=5).map(", ".join)
CONTENT_TYPES = st.one_of(
    st.just("application/json"), st.just("application/json"), RANGE,
    st.sampled_from(
        ["application/json; charset=utf-8", 'application/json; charset="utf-8"', "application/json;charset=UTF-16",
        "text/json",
         "application/graphql", "application/x-www-form-urlencoded", "multipart/form-data",
         "multipart/form-data; boundary=",
         "multipart/form-data; boundary=b", "text/plain", "application/json; charset", "application/json, text/plain",
         ""]
    ),
)  # fmt: skip
SECRETS = [CANARIES.yusuf_key, CANARIES.ada_key, "sk-canary-of-a-stranger", "sk-canary-\xe9", "", "sk-canary" * 2000]
SCHEMES = [
    "Bearer ",
    "bearer ",
    "Basic ",
    "Token ",
    "Digest ",
    "Bearer",
    "",
    "Bearer  ",
    "Bearer\t",
    "Bearer a ",
    "\xff ",
]


def _credential(scheme: str, secret: str, encode: bool) -> str:
    if encode:
        secret = base64.b64encode(f"{secret}:".encode("latin-1")).decode()
    return scheme + secret


AUTHORIZATION = st.builds(_credential, st.sampled_from(SCHEMES), st.sampled_from(SECRETS), st.booleans())
LENGTHS = [
    "0",
    "1",
    "5",
    "9" * 30,
    str(MAX_BODY_BYTES + 1),
    "-1",
    "+5",
    "0x10",
    "5, 5",
    "5, 6",
    "",
    "a",
    "\xb2",
    "1e3",
    " 7",
]
OTHERS = {
    "Host": ["", "a", "a:b", "[::1]", "a, b", "\xff", "x" * 5000],
    "Expect": ["100-continue", "200-ok"],
    "Connection": ["close", "keep-alive", "Upgrade", "close, keep-alive", "a"],
    "Upgrade": ["h2c", "websocket", "a"],
    "Sec-WebSocket-Key": ["dGhlIHNhbXBsZSBub25jZQ==", "", "a"],
    "Sec-WebSocket-Version": ["13", "12", "a"],
    "Sec-WebSocket-Protocol": ["graphql-transport-ws", "graphql-ws", "", "\xff"],
    "Origin": ["null", "http://a.test", "http://[", "\xff"],
    "Transfer-Encoding": ["chunked", "identity", "gzip", "gzip, chunked", "chunked, chunked", "chunked;a=b", ""],
    "Content-Encoding": ["gzip", "br", "identity", "a"],
    "GraphQL-Require-Preflight": ["1", ""],
    "Sec-Fetch-Site": ["same-origin", "cross-site", "a"],
    "User-Agent": ["python-requests/2.32", "", "\xff"],
    "X-Forwarded-For": ["127.0.0.1", "a", "1.2.3.4, 5.6.7.8"],
    "X-Request-Id": ["a", "\xff", "a" * 3000],
    "If-None-Match": ["*", '"a"'],
    "Range": ["bytes=0-1", "bytes=-1", "a"],
    "Cookie": ["a=b", ";" * 500],
    "Trailer": ["Content-Length"],
    "X-HTTP-Method-Override": ["DELETE"],
}


def _named(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[Field]:
    return values.map(lambda value: (name.encode(), value.encode("latin-1")))


OTHER = st.sampled_from([*OTHERS]).flatmap(lambda name: _named(name, st.sampled_from(OTHERS[name])))
PRINTABLE = st.binary(max_size=40).map(lambda raw: bytes(each for each in raw if each >= 0x20 and each != 0x7F))
ANY = st.tuples(st.from_regex(rb"\A[A-Za-z0-9!#$%&'*+.^_`|~-]{1,30}\Z"), PRINTABLE)
MANY = st.sampled_from([1, 99, 101, 2000]).map(lambda count: [(b"X-A%d" % number, b"b") for number in range(count)])
FIELD: st.SearchStrategy[Field] = st.one_of(
    _named("Accept", ACCEPT), _named("Accept", ACCEPT), _named("Authorization", AUTHORIZATION), OTHER, OTHER, ANY,
    _named("Content-Length", st.sampled_from(LENGTHS)),
)  # fmt: skip
METHODS = [b"POST"] * 6 + [
    b"GET",
    b"HEAD",
    b"OPTIONS",
    b"PUT",
    b"DELETE",
    b"TRACE",
    b"CONNECT",
    b"post",
    b"PRI",
    b"\xff",
    b"",
]
PATHS = [b"/graph"] * 6 + [
    b"/graph?query=%7B__typename%7D", b"/graph/", b"//graph", b"/graph/../graph", b"/%67raph", b"/graph%00",
    b"/graph?\xff",
    b"http://a.test/graph", b"http://[/graph", b"*", b"a", b"/", b"/healthz", b"/readyz", b"/openapi.json",
    b"/page/..%2f..",
    b"/page/assets/%00", b"/rest", b"/graph#a", b"/" + b"a" * 9000, b"",
]  # fmt: skip
BODIES = [
    b'{"query":"{__typename}"}', b'{"query":"{user{username}}"}', b"", b"{", b"query={__typename}",
    b'{"query":"subscription{prediction(input:{tag:\\"@fxn/stream\\",client:\\"a\\"}){id}}"}',
    b'{"query":"{function(input:{id:\\"my_function\\"}){name ...@defer{content}}}"}',
    b'18\r\n{"query":"{__typename}"}\r\n0\r\n\r\n', b"5\r\nabc", b"fffffffffffffffff\r\n", b"-1\r\n", b"0\r\n\r\n",
    b'18;a="\xff"\r\n{"query":"{__typename}"}\r\n0\r\nContent-Length: 5\r\n\r\n',
]  # fmt: skip


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """A request whose line and fields may be wrong in every way that keeps one field on one line."""
    fields = draw(st.lists(FIELD, max_size=6))
    if draw(st.sampled_from([False] * 15 + [True])):
        fields += draw(MANY)
    if draw(st.sampled_from([True] * 4 + [False])):
        fields.append((b"Content-Type", draw(CONTENT_TYPES).encode("latin-1")))
    method, path, body = draw(st.sampled_from(METHODS)), draw(st.sampled_from(PATHS)), draw(st.sampled_from(BODIES))
    return Request(method, path, tuple(fields), body)


@st.composite
def raw_requests(draw: st.DrawFn) -> bytes:
    """A request with bytes changed anywhere in it, also in its line ends."""
    raw = bytearray(bytes(draw(requests())))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(raw) - 1))
        piece = draw(
            st.sampled_from([b"\r\n", b"\n", b"\r", b"\x00", b" ", b":", b"\xff", b"\t", b"\r\n a", b""])
            | st.binary(max_size=3)
        )
        raw[at : at + draw(st.integers(0, 3))] = piece
        raw = raw or bytearray(b"\r\n")
    return bytes(raw)
