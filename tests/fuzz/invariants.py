"""What must hold of every answer. Each function asserts; ``Target.settle`` looks at the log and at what is left."""

from __future__ import annotations

import json
from typing import Any

from tests.fuzz.sending import Reply
from tests.fuzz.target import Target

SWITCHING_PROTOCOLS = 101
SECRET = "sk-canary"
"""Begins every credential, of the stand-ins and of made-up callers. Nothing may repeat one."""
NOT_HTTP = b"Invalid HTTP request received."
"""The server's answer to what it cannot read."""
OWN_FAULTS = {"INTERNAL", "UPSTREAM_TIMEOUT", "UPSTREAM_UNAVAILABLE", "UPSTREAM_INVALID"}
"""No stand-in has a fault, so whatever makes one fail is a request that should not have been sent to it."""
MEMBERS = {"data", "errors", "extensions", "hasNext", "pending", "incremental", "completed"}


def strict_json(text: bytes | str) -> Any:
    """Raises ``ValueError`` for what RFC 8259 does not allow."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    content = json.loads(text if isinstance(text, str) else text.decode(), parse_constant=refuse)
    json.dumps(content, ensure_ascii=False).encode()  # raises for half a surrogate pair
    return content


def check_refusable(target: Target, reply: Reply) -> None:
    """Of anything: no fault of the gateway's own. A server may close a connection on which no request was made."""
    target.settle()
    if reply.closed:
        return
    assert 200 <= reply.status < 500 or reply.status == SWITCHING_PROTOCOLS, reply
    assert SECRET not in reply.body.decode(errors="replace") + str(reply.headers), reply


def check_anything(target: Target, reply: Reply) -> None:
    """Of a request to whatever path, by whatever method: what says that it is JSON is, and its errors are sound."""
    check_refusable(target, reply)
    if reply.header("content-type").startswith("application/") and reply.body:
        content = strict_json(reply.body)
        if isinstance(content, dict):
            check_errors(content.get("errors", []), reply.header("x-request-id"))


def check_graphql(target: Target, reply: Reply) -> Any:
    """Of what reached ``/graph`` as a request: one or more GraphQL responses, which are given back."""
    check_refusable(target, reply)
    assert not reply.closed, "no answer"
    assert reply.header("x-request-id"), reply
    assert reply.header("content-type").partition(";")[0] in (
        "application/json",
        "application/graphql-response+json",
    ), reply
    content = strict_json(reply.body)
    for response in content if isinstance(content, list) else [content]:
        check_response(response, reply.header("x-request-id"))
    if reply.status != 200:
        assert content["errors"], content
    return content


def check_response(response: Any, request_id: str | None = None) -> None:
    """Of a GraphQL response: specification, section 7.1, and the codes that this project documents."""
    assert isinstance(response, dict), response
    assert response, "nothing in it"
    assert response.keys() <= MEMBERS, response
    assert "data" in response or response.get("errors") or "hasNext" in response, response
    assert response.get("errors") != [], response
    check_errors(response.get("errors", []), request_id)


def check_errors(errors: Any, request_id: str | None = None) -> None:
    assert isinstance(errors, list)
    for error in errors:
        assert isinstance(error["message"], str), error
        assert error["message"], error
        assert error.keys() <= {"message", "locations", "path", "extensions"}, error
        extensions = error["extensions"]
        assert extensions["code"].replace("_", "").isupper(), error
        assert extensions["code"] not in OWN_FAULTS, error
        assert request_id is None or extensions["requestId"] == request_id, error
