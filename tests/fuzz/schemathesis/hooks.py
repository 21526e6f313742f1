"""Values of the schema's own scalars, and whom each code blames. Read by schemathesis, not by our tests.

schemathesis takes every error with a ``path`` for one of the server, unless its code is one of those that Apollo Server
has for errors of the caller.
"""

from typing import Any

import schemathesis  # type: ignore[import-not-found]
from hypothesis import strategies as st
from schemathesis.graphql import nodes  # type: ignore[import-not-found]

ANYTHING = st.one_of(st.text(max_size=8).map(nodes.String), st.integers().map(nodes.Int))
SCALARS = {
    "Client": ["linux:x86_64", "browser", "a"],
    "DateTime": ["2020-01-01T00:00:00Z", ""],
    "Dtype": ["float32", "string", "dict", "a"],
    "Tag": ["@fxn/greeting", "@fxn/fail", "@nobody/nothing", "a"],
    "URL": ["https://example.test/a", "data:text/plain,a", "a"],
}
BLAMES_THE_CALLER = ["BAD_INPUT", "CONFLICT", "FORBIDDEN", "NOT_FOUND"]
BLAMES_THE_SERVER = ["INTERNAL", "UPSTREAM_INVALID", "UPSTREAM_TIMEOUT", "UPSTREAM_UNAVAILABLE"]
APOLLO = {
    **dict.fromkeys(BLAMES_THE_CALLER, "BAD_USER_INPUT"),
    **dict.fromkeys(BLAMES_THE_SERVER, "INTERNAL_SERVER_ERROR"),
}

for name, texts in SCALARS.items():
    schemathesis.graphql.scalar(name, st.sampled_from(texts).map(nodes.String))
for name in ("JSON", "Upload"):
    schemathesis.graphql.scalar(name, ANYTHING)
schemathesis.graphql.scalar("JSONObject", st.just(nodes.Object([])))


@schemathesis.hook  # type: ignore[untyped-decorator]
def after_call(context: Any, case: Any, response: Any) -> None:
    for code, name in APOLLO.items():
        response.content = response.content.replace(f'"code":"{code}"'.encode(), f'"code":"{name}"'.encode())
