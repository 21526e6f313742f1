"""graphql-sse in its distinct connections mode: frames, the order of forms, refusals, and how a stream ends."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from msgspec.structs import replace

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import CallerSettings, Settings
from gateway.settings.streams import EventStreamSettings
from tests.answers_in_parts import EVENTS, asked, events_of
from tests.harness import Gateway, serving
from tests.sockets import eventually, following

LONG = following(500)
STATES = [[{"stringValue": "1"}], [{"stringValue": "1 2"}], [{"stringValue": "1 2 3"}]]


async def test_a_query_is_an_event_and_the_end(gateway: Gateway) -> None:
    async with asked(gateway, "{ __typename }", EVENTS) as answer:
        assert (
            await answer.read() == b'event: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete\ndata:\n\n'
        )
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert len(answer.headers["X-Request-Id"]) == 32


async def test_a_subscription_is_followed_by_post(gateway: Gateway) -> None:
    async with asked(gateway, following(3), EVENTS) as answer:
        *events, end = [event async for event in events_of(answer)]
    assert [kind for kind, _ in events] == ["next"] * 3
    assert [body["data"]["prediction"]["results"] for _, body in events] == STATES
    assert end == ("complete", None)
    assert gateway.counts == {"prediction": 1}


async def test_a_subscription_is_followed_by_get_as_event_source_does(gateway: Gateway) -> None:
    url = gateway.url + "/graph?" + urlencode({"query": following(2)})
    headers = {
        "Accept": EVENTS,
        "Sec-Fetch-Site": "same-origin",
        "Authorization": f"Bearer {gateway.sandbox.accounts.ada_key}",
    }
    async with gateway.session.get(url, headers=headers) as answer:
        assert [kind async for kind, _ in events_of(answer)] == ["next", "next", "complete"]


async def test_a_mutation_runs_by_post_and_by_get_it_reaches_nobody(gateway: Gateway) -> None:
    document = 'mutation { createPrediction(input: {tag: "@fxn/greeting", client: "t"}) { error } }'
    url = gateway.url + "/graph?" + urlencode({"query": document})
    async with gateway.session.get(url, headers={"Accept": EVENTS, "graphql-require-preflight": "1"}) as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert gateway.counts == {}
    async with asked(gateway, document, EVENTS) as answer:
        [(kind, body), _] = [event async for event in events_of(answer)]
    assert (kind, body["data"]["createPrediction"].keys()) == ("next", {"error"})
    assert gateway.counts == {"prediction": 1}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("{" + " __typename" * 2001 + "}", "BAD_INPUT"),
    ],
)
async def test_what_is_wrong_with_a_document_is_an_event(gateway: Gateway, document: str, code: str) -> None:
    async with asked(gateway, document, EVENTS) as answer:
        assert answer.status == 200
        [(kind, body), end] = [event async for event in events_of(answer)]
    assert (kind, body.keys(), body["errors"][0]["extensions"]["code"]) == ("next", {"errors"}, code)
    assert end == ("complete", None)
    assert gateway.counts == {}


async def test_a_document_that_is_not_known_is_an_event(gateway: Gateway) -> None:
    hashed = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    headers = {"Accept": EVENTS}
    async with gateway.session.post(gateway.url + "/graph", json={"extensions": hashed}, headers=headers) as answer:
        [(kind, body), _] = [event async for event in events_of(answer)]
    assert (kind, body["errors"][0]["message"]) == ("next", "PersistedQueryNotFound")


async def test_what_is_wrong_with_a_request_is_a_status(gateway: Gateway) -> None:
    async def status(**request: Any) -> int:
        async with gateway.session.request(
            request.pop("method", "POST"), gateway.url + "/graph", headers={"Accept": EVENTS}, **request
        ) as answer:
            assert answer.content_type == "application/json"
            return answer.status

    assert await status(json=[{"query": "{ __typename }"}]) == 400
    assert await status(json={"query": 1}) == 400
    assert await status(data=b"{}") == 415
    assert await status(method="PUT") == 405
    async with asked(gateway, "{ __typename }", EVENTS, key="k" * 5000) as answer:
        assert answer.status == 401


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", "json"),
        ("application/json, text/event-stream;q=0.1", "json"),
        ("text/event-stream, multipart/mixed", "event-stream"),
        ("text/event-stream, application/json", "event-stream"),
        ("application/json;q=0.5, text/event-stream", "event-stream"),
    ],
)
async def test_events_are_chosen_only_before_every_json_type(gateway: Gateway, accept: str, kind: str) -> None:
    async with asked(gateway, "{ __typename }", accept) as answer:
        assert answer.content_type.endswith(kind)


async def test_a_caller_with_too_much_under_way_gets_a_429(settings: Settings, sandbox: Sandbox) -> None:
    callers = CallerSettings(max_operations=1, address_factor=1)
    async with (
        serving(replace(settings, callers=callers), sandbox) as gateway,
        asked(gateway, LONG, EVENTS) as running,
    ):
        await anext(events_of(running))
        for document in (LONG, "{ __typename }", "{ ... @defer { __typename } }"):
            async with asked(gateway, document, EVENTS) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (429, "1"), document
    assert len(sandbox.prediction.log) == 1


@pytest.mark.parametrize("kind", ["status", "reset_in_body"])
async def test_an_upstream_that_fails_is_told_before_the_end(gateway: Gateway, kind: str) -> None:
    gateway.sandbox.prediction.faults.set(Fault(kind, body={"detail": "canary"}, text="canary"))
    async with asked(gateway, following(3), EVENTS) as answer:
        [(name, body), end] = [event async for event in events_of(answer)]
    assert (name, end) == ("next", ("complete", None))
    assert [error["extensions"]["service"] for error in body["errors"]] == ["prediction"]
    assert "canary" not in str(body)


async def test_a_comment_keeps_a_quiet_stream_open(settings: Settings, sandbox: Sandbox) -> None:
    sandbox.prediction.faults.set(Fault("slow", delay_s=0.3))
    quick = replace(settings, event_stream=EventStreamSettings(keep_alive_s=0.05))
    async with serving(quick, sandbox) as gateway, asked(gateway, following(1), EVENTS) as answer:
        text = await answer.text()
    comments, _, rest = text.partition("event: next\n")
    assert comments == ":\n\n" * comments.count(":")
    assert comments.count(":") in range(2, 7)
    assert rest.endswith("event: complete\ndata:\n\n")


async def test_a_client_that_leaves_ends_everything_down_to_the_upstream(gateway: Gateway) -> None:
    async with asked(gateway, LONG, EVENTS) as answer:
        await anext(events_of(answer))
        assert gateway.sandbox.prediction.log.in_flight == 1
        answer.close()
        await eventually(lambda: gateway.sandbox.prediction.log.in_flight == 0)


async def test_a_shutdown_cuts_streams_off_and_lets_queries_finish(settings: Settings, sandbox: Sandbox) -> None:
    sandbox.prediction.faults.set(Fault("slow", match="GET /predictors", delay_s=0.3))
    stack = serving(settings, sandbox)
    gateway = await stack.__aenter__()
    async with aiohttp.ClientSession() as session:
        outside = Gateway(gateway.url, session, sandbox)
        query = asyncio.create_task(outside.post('{ predictor(input: {tag: "@fxn/greeting"}) { name } }'))
        async with asked(outside, LONG, EVENTS) as answer:
            await anext(events_of(answer))
            await eventually(lambda: sandbox.prediction.log.in_flight == 2)
            stopping = asyncio.create_task(stack.__aexit__(None, None, None))
            rest = [kind async for kind, _ in events_of(answer)]
        assert set(rest) <= {"next"}
        assert (await query).data == {"predictor": {"name": "greeting"}}
        async with asyncio.timeout(10):
            await stopping
    assert sandbox.prediction.log.in_flight == 0


HEAVY = """subscription ($text: String!) { prediction(input: {
  tag: "@fxn/stream", client: "test", inputs: [{name: "text", stringValue: $text}]
}) { results { data } } }"""


@pytest.mark.slow
async def test_a_client_that_does_not_read_holds_no_shutdown_up(settings: Settings, sandbox: Sandbox) -> None:
    stack = serving(replace(settings, shutdown_timeout_s=1), sandbox)
    gateway = await stack.__aenter__()
    variables = {"text": " ".join(["w" * 30_000] * 30)}
    async with aiohttp.ClientSession(read_bufsize=1) as session:
        outside = Gateway(gateway.url, session, sandbox)
        async with asked(outside, HEAVY, EVENTS, variables=variables) as answer:
            await asyncio.sleep(1.5)
            assert sandbox.prediction.log.in_flight == 1
            async with asyncio.timeout(10):
                await stack.__aexit__(None, None, None)
            answer.close()
    assert sandbox.prediction.log.in_flight == 0
