"""``multipart/form-data``: an operation with files, whose parts, names, places and boundaries may be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from gateway.sandbox.invoke.seed import IMAGE_ID
from tests.fuzz.strategies.json_text import VALUES, an_object, array
from tests.fuzz.strategies.requests import REQUESTS
from tests.invoke_gateway import INVOKE

OPERATION = json.dumps(
    {
        "query": INVOKE,
        "variables": {"input": {"functionId": IMAGE_ID, "capture": False, "file": None}, "list": [None, {"a": None}]},
    }
)
PLACES = [
    "variables.input.file", "variables.list.0", "variables.list.1.a", "variables.list.7", "variables.list.-1",
    "variables",
    "variables.", "", ".", "variables..file", "variables.input", "variables.input.functionId.0", "query",
    "0.variables.a",
    "variables.__class__", "variables.list.²", "variables.list.0x0", "variables.list." + "9" * 5000, "v" * 3000,
]  # fmt: skip
FILE_NAMES = ["0", "1", "a", "", "operations", "map", "é", "0.0"]
MAP = st.lists(
    st.tuples(
        st.sampled_from(FILE_NAMES).map(json.dumps),
        st.lists(st.sampled_from(PLACES).map(json.dumps), max_size=3).map(array) | VALUES,
    ),
    max_size=3,
).map(an_object)
RIGHT_MAP = '{"0": ["variables.input.file"]}'
IMAGE = b"P5 8 8 255\n" + bytes([220] * 64)
DISPOSITIONS = [
    b'form-data; name="%s"', b"form-data; name=%s", b'form-data; name="%s"; filename="a"',
    b'form-data; name="%s"; filename=""',
    b"form-data", b'attachment; name="%s"', b'form-data; name="%s"; name="a"', b"form-data; name*=utf-8''%s",
    b'form-data; name="%s',
    b'form-data; name="%s"; filename="../../a\\"b"', b"\xff; name=%s", b"",
]  # fmt: skip
PART_FIELDS = [
    b"", b"Content-Type: image/png\r\n", b"Content-Type: text/plain; charset=utf-16\r\n", b"Content-Type: \xff\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Length: 99\r\n", b"A: b\r\n" * 100, b"A\r\n", b": b\r\n",
    b" a\r\n",
    b"Content-Disposition: form-data; name=a\r\n", b"A: " + b"b" * 9000 + b"\r\n",
]  # fmt: skip


@dataclass(frozen=True)
class Part:
    name: bytes
    content: bytes
    disposition: bytes = DISPOSITIONS[0]
    fields: bytes = b""

    def __bytes__(self) -> bytes:
        disposition = self.disposition.replace(b"%s", self.name)
        return b"Content-Disposition: " + disposition + b"\r\n" + self.fields + b"\r\n" + self.content + b"\r\n"


def text_part(name: str, text: str) -> Part:
    return Part(name.encode(), text.encode(errors="surrogatepass"))


def file_part(name: str, content: bytes) -> Part:
    return Part(name.encode(), content, DISPOSITIONS[2], PART_FIELDS[1])


CONTENTS = st.sampled_from([b"", b"\x00\xff", b"--b", b"\r\n--b--\r\n", b"a" * 10_001])
FILE = st.builds(file_part, st.sampled_from(FILE_NAMES), CONTENTS | st.binary(max_size=30))
ODD_PART = st.builds(
    Part,
    st.sampled_from([b"operations", b"map", b"0", b"\xff", b"", b"a" * 3000]),
    CONTENTS,
    st.sampled_from(DISPOSITIONS),
    st.sampled_from(PART_FIELDS),
)


RIGHT = [text_part("operations", OPERATION), text_part("map", RIGHT_MAP), file_part("0", IMAGE)]


@st.composite
def one_wrong(draw: st.DrawFn) -> list[Part]:
    """The two texts and a file, one of which may be anything."""
    operations = st.one_of(REQUESTS, VALUES).map(lambda text: text_part("operations", text))
    places = st.one_of(MAP, MAP, VALUES).map(lambda text: text_part("map", text))
    files = st.one_of(CONTENTS.map(lambda content: file_part("0", content)), FILE, ODD_PART)
    at = draw(st.integers(0, 2))
    return [*RIGHT[:at], draw([operations, places, files][at]), *RIGHT[at + 1 :]]


@st.composite
def more(draw: st.DrawFn) -> list[Part]:
    """More parts, or fewer, in any order."""
    found = [*RIGHT, *draw(st.lists(st.one_of(FILE, ODD_PART), max_size=3))]
    return draw(st.permutations(found))[draw(st.integers(0, 2)) :]


BOUNDARIES = [b"b", b"", b"-", b"a b", b"b" * 200, b"\xff", b"'"]
CONTENT_TYPES = [
    b"multipart/form-data; boundary=%s", b'multipart/form-data; boundary="%s"', b"multipart/form-data; boundary=c",
    b"multipart/form-data", b"Multipart/Form-Data;BOUNDARY=%s",
    b"multipart/form-data; boundary=%s; boundary=c", b"multipart/form-data; charset=utf-16; boundary=%s",
    b"multipart/form-data; boundary*=utf-8''%s",
]  # fmt: skip


TRICKS: list[Callable[[bytes, bytes], bytes]] = [
    lambda body, line: body[:-1],
    lambda body, line: body[:-5],
    lambda body, line: body[:-40],
    lambda body, line: body.removesuffix(b"\r\n"),
    lambda body, line: body + b"epilogue",
    lambda body, line: body + b"\r\n" * 50,
    lambda body, line: body + line,
    lambda body, line: b"preamble\r\n" + body,
    lambda body, line: b"\x00" + body,
    lambda body, line: line + body,
    lambda body, line: body.replace(b"\r\n", b"\n"),
    lambda body, line: body.replace(line, line + b" ", 1),
]
"""What becomes of a body whose parts begin after ``line``."""


@st.composite
def forms(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """The content type, and the body; mostly with one thing wrong: the parts, the boundary, or what is around them."""
    boundary, content_type, parts = b"b", CONTENT_TYPES[0], RIGHT
    kind = draw(st.sampled_from(["one wrong", "one wrong", "one wrong", "more", "more", "boundary", "trick"]))
    if kind == "boundary":
        boundary, content_type = draw(st.sampled_from(BOUNDARIES)), draw(st.sampled_from(CONTENT_TYPES))
    elif kind != "trick":
        parts = draw(one_wrong() if kind == "one wrong" else more())
    line = b"--" + boundary + b"\r\n"
    body = b"".join(line + bytes(part) for part in parts) + b"--" + boundary + b"--\r\n"
    if kind == "trick":
        body = draw(st.sampled_from(TRICKS))(body, line)
    return content_type.replace(b"%s", boundary), body
