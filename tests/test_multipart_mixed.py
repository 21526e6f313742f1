"""Subscriptions over multipart/mixed, as Apollo's clients follow them."""

from __future__ import annotations

import aiohttp
import pytest
from msgspec.structs import replace

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from gateway.settings.streams import MultipartSubscriptionSettings
from tests.answers_in_parts import asked, parts_of
from tests.harness import Gateway, serving
from tests.sockets import eventually, following

APOLLO = (
    "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9"
)
LONG = following(500)
PART = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"


async def test_each_event_is_a_part_that_ends_with_the_next_delimiter(gateway: Gateway) -> None:
    async with asked(gateway, following(2), APOLLO) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0'
        assert answer.headers["Cache-Control"] == "no-store"
        assert await answer.read() == (
            b"\r\n--graphql"
            + PART
            + b'{"payload":{"data":{"prediction":{"results":[{"stringValue":"1"}]}}}}\r\n--graphql'
            + PART
            + b'{"payload":{"data":{"prediction":{"results":[{"stringValue":"1 2"}]}}}}\r\n--graphql'
            + b"--\r\n"
        )
    assert gateway.counts == {"prediction": 1}


async def test_a_heartbeat_is_an_empty_object(settings: Settings, sandbox: Sandbox) -> None:
    sandbox.prediction.faults.set(Fault("slow", delay_s=0.3))
    quick = replace(settings, multipart_subscription=MultipartSubscriptionSettings(heartbeat_s=0.05))
    async with serving(quick, sandbox) as gateway, asked(gateway, following(1), APOLLO) as answer:
        parts = [part async for part in parts_of(answer)]
    assert parts.count({}) in range(2, 8)
    assert [part for part in parts if part] == [
        {"payload": {"data": {"prediction": {"results": [{"stringValue": "1"}]}}}}
    ]


@pytest.mark.parametrize("kind", ["status", "reset_in_body"])
async def test_an_upstream_that_fails_is_told_in_the_last_part(gateway: Gateway, kind: str) -> None:
    gateway.sandbox.prediction.faults.set(Fault(kind, body={"detail": "canary"}, text="canary"))
    async with asked(gateway, following(3), APOLLO) as answer:
        [part] = [part async for part in parts_of(answer)]
    assert part.keys() == {"payload", "errors"}, part
    assert part["payload"] is None
    assert [error["extensions"]["service"] for error in part["errors"]] == ["prediction"]
    assert "canary" not in str(part)


async def test_an_error_before_the_first_event_is_a_payload(gateway: Gateway) -> None:
    document = "subscription ($input: CreatePredictionInput!) { prediction(input: $input) { id } }"
    async with asked(gateway, document, APOLLO) as answer:
        [part] = [part async for part in parts_of(answer)]
    assert part["payload"].keys() == {"errors"}
    assert part["payload"]["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert gateway.counts == {}


@pytest.mark.parametrize("document", ["subscription {", "subscription { nope }"])
async def test_a_document_that_is_wrong_is_json_with_its_status(gateway: Gateway, document: str) -> None:
    async with asked(gateway, document, APOLLO) as answer:
        assert (answer.status, answer.content_type) == (400, "application/graphql-response+json")
    assert gateway.counts == {}


@pytest.mark.parametrize("accept", ["application/json", "multipart/mixed, application/json", "multipart/mixed"])
async def test_a_subscription_in_no_form_that_can_be_read_is_refused(gateway: Gateway, accept: str) -> None:
    async with asked(gateway, LONG, accept) as answer:
        assert (answer.status, answer.content_type) == (400, "application/json")
        assert (await answer.json())["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert gateway.counts == {}


async def test_queries_stay_json(gateway: Gateway) -> None:
    async with asked(gateway, "{ __typename }", APOLLO) as answer:
        assert answer.content_type == "application/graphql-response+json"


async def test_a_client_that_leaves_ends_everything_down_to_the_upstream(gateway: Gateway) -> None:
    async with asked(gateway, LONG, APOLLO) as answer:
        await anext(parts_of(answer))
        assert gateway.sandbox.prediction.log.in_flight == 1
        answer.close()
        await eventually(lambda: gateway.sandbox.prediction.log.in_flight == 0)


async def test_a_shutdown_leaves_out_the_closing_delimiter(settings: Settings, sandbox: Sandbox) -> None:
    stack = serving(settings, sandbox)
    gateway = await stack.__aenter__()
    async with (
        aiohttp.ClientSession() as session,
        asked(Gateway(gateway.url, session, sandbox), LONG, APOLLO) as answer,
    ):
        await anext(parts_of(answer))
        await stack.__aexit__(None, None, None)
        assert (await answer.read()).endswith(b"\r\n--graphql")
    assert sandbox.prediction.log.in_flight == 0
