"""The front door: who calls, what is accepted, which status."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from gateway.upstreams.clients import REACH_CACHE_S
from tests.harness import Gateway, serving

ME = "{ user { username } }"


async def post(gateway: Gateway, data: Any, **headers: str) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json", **headers}
    async with gateway.session.post(gateway.url + "/graph", data=data, headers=headers) as response:
        return response.status, await response.json(content_type=None)


async def test_a_bearer_key_reaches_the_upstream_as_it_is(gateway: Gateway) -> None:
    answer = await gateway.post(ME)
    assert answer.data == {"user": {"username": "yusuf"}}
    [received] = gateway.sandbox.prediction.log
    assert received.headers["Authorization"] == f"Bearer {gateway.sandbox.accounts.yusuf_key}"


async def test_a_basic_user_name_reaches_the_upstream_as_a_bearer_key(gateway: Gateway) -> None:
    key = gateway.sandbox.accounts.ada_key
    basic = base64.b64encode(f"{key}:".encode()).decode()
    status, body = await post(gateway, b'{"query": "{ user { username } }"}', Authorization=f"Basic {basic}")
    assert (status, body) == (200, {"data": {"user": {"username": "ada"}}})
    assert gateway.sandbox.prediction.log.requests[0].headers["Authorization"] == f"Bearer {key}"


@pytest.mark.parametrize("value", ["", "null", "Bearer None", "Bearer", "Bearer null", "undefined"])
async def test_the_anonymous_forms_of_known_clients_send_no_credential(gateway: Gateway, value: str) -> None:
    status, body = await post(gateway, b'{"query": "{ user { username } }"}', Authorization=value)
    assert status == 401
    assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "Authorization" not in gateway.sandbox.prediction.log.requests[0].headers


@pytest.mark.parametrize(
    "value",
    ["Bearer " + "k" * 4097, "Bearer a b", "Digest secret", "Basic %%%", "Basic ключ", "Basic gIA=", "Bearer ключ"],
)
async def test_a_malformed_credential_is_refused_and_reaches_no_upstream(gateway: Gateway, value: str) -> None:
    raw = value.encode().decode("latin-1") if value.isascii() else value
    status, body = await post(gateway, b'{"query": "{ user { username } }"}', Authorization=raw)
    assert status == 401
    assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert value.partition(" ")[2] not in str(body)
    assert gateway.counts == {}


async def test_two_authorization_headers_are_refused(gateway: Gateway) -> None:
    headers = [("Content-Type", "application/json"), ("Authorization", "Bearer a"), ("Authorization", "Bearer b")]
    async with gateway.session.post(gateway.url + "/graph", data=b'{"query": "{ __typename }"}', headers=headers) as r:
        assert r.status == 401
    assert gateway.counts == {}


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"1", b'"x"', b"[1]", b"{", b'{"query": 1}', b'{"query": "{a}", "variables": []}', b"\xff\xfe",
     b"[" * 100_000, b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 6000 + b"}}"],
)  # fmt: skip
async def test_a_malformed_body_is_bad_input(gateway: Gateway, body: bytes) -> None:
    status, answer = await post(gateway, body)
    assert status in (200, 400)
    if status == 400:
        assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_a_body_over_the_limit_is_refused(sandbox: Sandbox, settings: Settings) -> None:
    async with serving(replace(settings, max_body_bytes=1000), sandbox) as gateway:
        status, _ = await post(gateway, b'{"query": "' + b" " * 2000 + b'{ __typename }"}')
    assert status == 413


async def test_another_media_type_is_refused(gateway: Gateway) -> None:
    status, _ = await post(gateway, b"query={a}", **{"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 415


async def test_other_methods_are_refused_with_the_ones_that_work(gateway: Gateway) -> None:
    async with gateway.session.put(gateway.url + "/graph") as response:
        assert response.status == 405
        assert response.headers["Allow"] == "GET, POST"


async def test_a_syntax_error_says_where_and_has_no_data(gateway: Gateway) -> None:
    answer = await gateway.post("{ user { ")
    assert answer.status == 400
    assert "data" not in answer.body
    assert answer.body["errors"][0]["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
    assert answer.body["errors"][0]["locations"] == [{"line": 1, "column": 10}]


async def test_a_document_of_too_many_tokens_is_refused(gateway: Gateway) -> None:
    answer = await gateway.post("{" + " __typename" * 2001 + "}")
    assert answer.status == 400
    assert "data" not in answer.body


async def test_what_is_not_there_is_null_without_an_error(gateway: Gateway) -> None:
    answer = await gateway.post(
        '{ user(input: {username: "nobody"}) { name } predictor(input: {tag: "@fxn/nothing"}) { name } '
        '  deployment(input: {id: "nothing"}) { name } function(input: {id: "nothing"}) { name } }'
    )
    assert answer.status == 200
    assert answer.body == {"data": {"user": None, "predictor": None, "deployment": None, "function": None}}


async def test_an_unknown_key_is_the_callers_fault_and_the_vendors_text(gateway: Gateway) -> None:
    answer = await gateway.post(ME, key="sk-unknown")
    assert answer.status == 401
    assert answer.errors == [("user", "UNAUTHENTICATED", "prediction")]
    assert "sk-unknown" not in str(answer.body)


async def test_an_answer_names_its_request_and_not_the_server(gateway: Gateway) -> None:
    answer = await gateway.post("{ __typename }")
    assert answer.body == {"data": {"__typename": "Query"}}
    assert len(answer.headers["x-request-id"]) == 32
    assert "server" not in {name.lower() for name in answer.headers}


async def test_readyz_names_the_upstream_that_cannot_be_reached(gateway: Gateway) -> None:
    async with gateway.session.get(gateway.url + "/readyz") as response:
        assert response.status == 200
    await gateway.sandbox.invoke.stop()
    await asyncio.sleep(REACH_CACHE_S + 0.1)
    async with gateway.session.get(gateway.url + "/readyz") as response:
        assert response.status == 503
        body = await response.json()
    assert not body["ready"]
    assert [name for name, state in body["upstreams"].items() if not state["reachable"]] == ["invoke"]
    async with gateway.session.get(gateway.url + "/healthz") as response:
        assert (response.status, await response.json()) == (200, {"status": "ok"})


async def test_nothing_is_kept_in_cookies_between_callers(gateway: Gateway) -> None:
    for name in ("admin", "user"):
        await gateway.post(ME, key=name)
    assert all("Cookie" not in request.headers for request in gateway.sandbox.prediction.log)


async def test_a_browser_gets_the_page_at_the_root_and_at_the_endpoint(gateway: Gateway) -> None:
    for path in ("/", "/graph"):
        async with gateway.session.get(gateway.url + path, headers={"Accept": "text/html"}) as response:
            assert (response.status, response.content_type) == (200, "text/html")
            assert "<title>fngraph</title>" in await response.text()
            assert "script-src 'self'" in response.headers["Content-Security-Policy"]
