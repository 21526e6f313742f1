"""GraphQL over HTTP beyond the official audits: methods, media types, strict JSON, batches, slow and absent clients."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from gateway.http.accept import Accepted, Multipart, accepted
from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import Gateway, serving
from tests.sockets import following

NAME = {"data": {"__typename": "Query"}}
PREFLIGHT = {"graphql-require-preflight": "1"}
JSON = {"content-type": "application/json"}


async def post(gateway: Gateway, data: str | bytes, **headers: str) -> tuple[int, Any]:
    async with gateway.session.post(gateway.url + "/graph", data=data, headers={**JSON, **headers}) as response:
        return response.status, await response.json(content_type=None)


async def get(gateway: Gateway, **parameters: str) -> tuple[int, Any]:
    url = gateway.url + "/graph?" + urlencode(parameters)
    async with gateway.session.get(url, headers=PREFLIGHT) as response:
        return response.status, await response.json(content_type=None)


def code_of(body: Any) -> tuple[str, str]:
    [error] = body["errors"]
    return error["extensions"]["code"], error["message"]


async def test_a_query_by_get(gateway: Gateway) -> None:
    document = "query Q($yes: Boolean!) { __typename @include(if: $yes) } query R { no: __typename }"
    status, body = await get(gateway, query=document, operationName="Q", variables='{"yes": true}')
    assert (status, body) == (200, NAME)


@pytest.mark.parametrize("name", ["variables", "operationName", "extensions"])
async def test_an_empty_parameter_is_as_good_as_none(gateway: Gateway, name: str) -> None:
    assert await get(gateway, query="{ __typename }", **{name: ""}) == (200, NAME)


async def test_a_mutation_by_get_is_refused_with_the_method_that_works(gateway: Gateway) -> None:
    url = gateway.url + "/graph?" + urlencode({"query": 'mutation { deleteFunction(input: {id: "a"}) }'})
    async with gateway.session.get(url, headers=PREFLIGHT) as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")
    assert gateway.counts == {}


async def test_a_parameter_that_comes_twice_is_refused(gateway: Gateway) -> None:
    url = gateway.url + "/graph?query={__typename}&query={user{username}}"
    async with gateway.session.get(url, headers=PREFLIGHT) as response:
        assert response.status == 400
        assert code_of(await response.json()) == ("BAD_INPUT", "A member is named twice.")


@pytest.mark.parametrize(
    "body",
    [
        '{"query": "{ __typename }", "query": "{ user { username } }"}',
        '{"query": "{ __typename }", "variables": {"a": 1, "a": 2}}',
        '{"query": "{ __typename }", "variables": {"a": NaN}}',
        '{"query": "{ __typename }", "variables": {"a": -Infinity}}',
        '{"query": "{ __typename }", "variables": {"a": 1e999}}',
        '{"query": "{ __typename }", "variables": {"a": "\\ud800"}}',
        '{"query": "{ __typename }", "extensions": []}',
        '{"query": "{ __typename }", "operationName": 1}',
        '\ufeff{"query": "{ __typename }"}',
        '{"variables": {}}',
    ],
)
async def test_a_body_that_is_not_strictly_a_request_is_refused(gateway: Gateway, body: str) -> None:
    status, answer = await post(gateway, body.encode(errors="surrogatepass"))
    assert status == 400
    assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-16", "application/json; charset=latin1", "text/plain"])
async def test_other_media_types_and_charsets_are_415(gateway: Gateway, kind: str) -> None:
    status, _ = await post(gateway, '{"query": "{ __typename }"}', **{"content-type": kind})
    assert status == 415


async def test_an_accept_that_cannot_be_met_is_406(gateway: Gateway) -> None:
    status, body = await post(gateway, '{"query": "{ __typename }"}', accept="image/png")
    assert status == 406
    assert code_of(body)[0] == "BAD_INPUT"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", Accepted()),
        ("*/*", Accepted()),
        ("application/*;q=0.8", Accepted()),
        ("application/json, application/graphql-response+json", Accepted(json_named=True)),
        ("application/graphql-response+json, application/json;q=0.9", Accepted("application/graphql-response+json")),
        ("application/json;q=0.1, application/graphql-response+json", Accepted("application/graphql-response+json")),
        ("application/json;q=0, text/event-stream", Accepted(None, events=True)),
        ("application/json, text/event-stream", Accepted(json_named=True)),
        ("text/event-stream, application/json", Accepted(events=True, json_named=True)),
        ("application/json;q=0.5, text/event-stream;q=0.6", Accepted(events=True, json_named=True)),
        ("image/png", Accepted(None)),
        (
            'multipart/mixed;boundary="graphql";subscriptionSpec=1.0, application/json',
            Accepted(multipart=(Multipart(subscription_spec="1.0"),), json_named=True),
        ),
        ("multipart/mixed;deferSpec=20220824", Accepted(None, multipart=(Multipart(defer_spec="20220824"),))),
        ("multipart/mixed;incrementalSpec=v0.2", Accepted(None, multipart=(Multipart(incremental_spec="v0.2"),))),
    ],
)
def test_what_a_caller_can_read(header: str, expected: Accepted) -> None:
    assert accepted(header.encode()) == expected


async def test_a_batch_is_answered_in_order_each_operation_by_itself(gateway: Gateway) -> None:
    batch = [{"query": "{ __typename }"}, {"query": "{ nope }"}, {"query": "{ a: __typename }"}]
    status, body = await post(gateway, json.dumps(batch))
    assert status == 200
    assert [each.get("data") for each in body] == [{"__typename": "Query"}, None, {"a": "Query"}]
    assert code_of(body[1])[0] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_batch_beyond_the_cap_is_refused_before_anything_runs(gateway: Gateway) -> None:
    status, body = await post(gateway, json.dumps([{"query": "{ user { username } }"}] * 11))
    assert (status, code_of(body)) == (400, ("BAD_INPUT", "A batch has 1 to 10 operations."))
    assert gateway.counts == {}


async def test_a_subscription_with_json_alone_is_told_what_it_needs(gateway: Gateway) -> None:
    status, body = await post(gateway, json.dumps({"query": following(3)}))
    assert status == 400
    assert code_of(body)[0] == "BAD_INPUT"


async def raw(gateway: Gateway, text: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = gateway.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(text)
    await writer.drain()
    return reader, writer


HEAD = b"POST /graph HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"


@pytest.mark.parametrize("start", [b"", b'{"query": '])
async def test_a_body_that_does_not_come_is_408(sandbox: Sandbox, settings: Settings, start: bytes) -> None:
    async with serving(replace(settings, body_timeout_s=0.1), sandbox) as gateway:
        reader, writer = await raw(gateway, HEAD + start)
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_a_caller_who_leaves_ends_the_upstream_request(gateway: Gateway) -> None:
    gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=30))
    body = b'{"query": "{ user { username } }"}'
    key = gateway.sandbox.accounts.yusuf_key.encode()
    head = HEAD.replace(b"100", str(len(body)).encode()).replace(b"Host", b"Authorization: Bearer " + key + b"\r\nHost")
    _, writer = await raw(gateway, head + body)
    while not gateway.sandbox.prediction.log.requests:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    running = len(asyncio.all_tasks())
    writer.close()
    async with asyncio.timeout(5):
        while len(asyncio.all_tasks()) >= running:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_errors_beyond_the_limit_are_counted_not_told(sandbox: Sandbox, settings: Settings) -> None:
    limits = replace(settings.limits, max_returned_errors=2)
    async with serving(replace(settings, limits=limits), sandbox) as gateway:
        document = " ".join(f'p{number}: predictor(input: {{tag: "@fxn/p{number}"}}) {{ name }}' for number in range(5))
        sandbox.prediction.faults.set(Fault("status", status=400))
        _, body = await post(gateway, json.dumps({"query": f"{{ {document} }}"}))
    assert len(body["errors"]) == 3
    assert (body["errors"][2]["message"], body["errors"][2]["extensions"]["code"]) == (
        "3 more errors.",
        "TOO_MANY_ERRORS",
    )
