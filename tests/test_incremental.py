"""``@defer`` and ``@stream`` over HTTP: both formats, what really comes later, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import CallerSettings, Settings
from tests.answers_in_parts import EVENTS, asked, events_of, parts_of
from tests.harness import SERVICE, Gateway, serving
from tests.sockets import eventually

PARTS = "multipart/mixed"
OLDER = "multipart/mixed;deferSpec=20220824"
JSON = "application/json"
DEFERRED = '{ __typename ... @defer(label: "later") { predictor(input: {tag: "@fxn/greeting"}) { tag } } }'
PART = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
SLOW_S = 1.0
ACROSS = f"""{{ predictor(input: {{tag: "@fxn/greeting"}}) {{ tag }}
  ... @defer {{ deployment(input: {{id: "{SERVICE}"}}) {{ name }} }} }}"""


async def parts(gateway: Gateway, document: str, accept: str = PARTS, key: str = "admin") -> list[Any]:
    async with asked(gateway, document, accept, key=key) as answer:
        return [part async for part in parts_of(answer)]


async def test_the_newer_format_has_an_id_for_what_comes_later(gateway: Gateway) -> None:
    async with asked(gateway, DEFERRED, PARTS) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, 'multipart/mixed; boundary="-"')
        assert await answer.read() == (
            b"\r\n---"
            + PART
            + b'{"data":{"__typename":"Query"},"hasNext":true,"pending":[{"id":"0","path":[],"label":"later"}]}\r\n---'
            + PART
            + b'{"hasNext":false,"incremental":[{"id":"0","data":{"predictor":{"tag":"@fxn/greeting"}}}],'
            + b'"completed":[{"id":"0"}]}\r\n---'
            + b"--\r\n"
        )


async def test_the_older_format_has_label_and_path(gateway: Gateway) -> None:
    async with asked(gateway, DEFERRED, OLDER) as answer:
        assert answer.headers["Content-Type"] == 'multipart/mixed; boundary="-"; deferSpec=20220824'
        assert await answer.read() == (
            b"\r\n---"
            + PART
            + b'{"data":{"__typename":"Query"},"hasNext":true}\r\n---'
            + PART
            + b'{"incremental":[{"path":[],"label":"later","data":{"predictor":{"tag":"@fxn/greeting"}}}],'
            + b'"hasNext":false}\r\n---'
            + b"--\r\n"
        )


@pytest.mark.parametrize(
    ("accept", "parameter"),
    [
        ("multipart/mixed;incrementalSpec=v0.2, application/json", "incrementalSpec=v0.2"),
        ("multipart/mixed;incrementalSpec=v0.1, application/json", "incrementalSpec=v0.1"),
        ("multipart/mixed;deferSpec=2030, multipart/mixed;deferSpec=20220824", "deferSpec=20220824"),
        ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", 'boundary="-"'),
    ],
)
async def test_a_caller_gets_the_first_format_that_it_names_and_the_gateway_speaks(
    gateway: Gateway, accept: str, parameter: str
) -> None:
    async with asked(gateway, DEFERRED, accept) as answer:
        assert answer.headers["Content-Type"].endswith(parameter)


@pytest.mark.parametrize(
    "accept", [JSON, "*/*", f"{JSON}, {PARTS};deferSpec=2030", f"{JSON}, {PARTS};subscriptionSpec=1.0"]
)
async def test_without_a_form_to_come_in_all_comes_at_once_as_json(gateway: Gateway, accept: str) -> None:
    async with asked(gateway, DEFERRED, accept) as answer:
        assert answer.content_type == JSON
        assert await answer.json() == {"data": {"__typename": "Query", "predictor": {"tag": "@fxn/greeting"}}}


async def test_streamed_items_are_whole_in_the_older_format(gateway: Gateway) -> None:
    document = "{ predictors(input: {count: 2}) @stream { tag } }"
    whole = {"data": {"predictors": [{"tag": "@fxn/greeting"}, {"tag": "@fxn/identity"}]}}
    assert await parts(gateway, document, OLDER) == [whole | {"hasNext": False}]
    async with asked(gateway, document, f"{OLDER}, {JSON}") as answer:
        assert (answer.content_type, await answer.json()) == (JSON, whole)


async def test_streamed_items_are_whole_for_urql_which_would_misplace_them(gateway: Gateway) -> None:
    urql = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    async with asked(gateway, "{ predictors(input: {count: 1}) @stream { tag } }", urql) as answer:
        assert answer.content_type == "application/graphql-response+json"
        assert (await answer.json(content_type=None))["data"] == {"predictors": [{"tag": "@fxn/greeting"}]}


async def test_streamed_items_follow_those_that_came_at_once(gateway: Gateway) -> None:
    first, *rest = await parts(
        gateway, '{ predictors(input: {count: 3}) @stream(initialCount: 1, label: "s") { tag } }'
    )
    assert first["data"] == {"predictors": [{"tag": "@fxn/greeting"}]}
    assert first["pending"] == [{"id": "0", "path": ["predictors"], "label": "s"}]
    items = [item for part in rest for entry in part.get("incremental", ()) for item in entry["items"]]
    assert items == [{"tag": "@fxn/identity"}, {"tag": "@fxn/stream"}]
    assert [part["hasNext"] for part in (first, *rest)] == [True] * len(rest) + [False]


@pytest.mark.parametrize("accept", [PARTS, OLDER])
async def test_nothing_deferred_is_a_single_part(gateway: Gateway, accept: str) -> None:
    for document in ("{ __typename }", "{ ... @defer(if: false) { __typename } }"):
        assert await parts(gateway, document, accept) == [{"data": {"__typename": "Query"}, "hasNext": False}]


async def test_a_mutation_is_answered_at_once(gateway: Gateway) -> None:
    document = """mutation { createPrediction(input: {tag: "@fxn/greeting", client: "t",
      inputs: [{name: "name", stringValue: "Ada"}]}) { error ... @defer { results { stringValue } } } }"""
    [part] = await parts(gateway, document)
    assert part["data"]["createPrediction"] == {"error": None, "results": [{"stringValue": "Hello, Ada!"}]}


@pytest.mark.parametrize("accept", [PARTS, OLDER])
async def test_what_is_slow_holds_nothing_else_up(gateway: Gateway, accept: str) -> None:
    gateway.sandbox.deployment.faults.set(Fault("slow", delay_s=SLOW_S))
    started_s = time.monotonic()
    async with asked(gateway, ACROSS, accept) as answer:
        later = parts_of(answer)
        assert (await anext(later))["data"] == {"predictor": {"tag": "@fxn/greeting"}}
        assert time.monotonic() - started_s < SLOW_S
        [part] = [part async for part in later]
    assert time.monotonic() - started_s >= SLOW_S
    assert part["incremental"][0]["data"] == {"deployment": {"name": "example_service"}}
    assert gateway.counts == {"prediction": 1, "deployment": 1}


async def test_parts_come_as_events_too(gateway: Gateway) -> None:
    async with asked(gateway, DEFERRED, EVENTS) as answer:
        [(_, first), (_, second), end] = [event async for event in events_of(answer)]
    assert (first["hasNext"], second["hasNext"], end) == (True, False, ("complete", None))
    assert second["incremental"] == [{"id": "0", "data": {"predictor": {"tag": "@fxn/greeting"}}}]


@pytest.mark.parametrize("accept", [PARTS, OLDER, EVENTS])
async def test_an_error_in_a_later_part_says_no_more_than_any_other(gateway: Gateway, accept: str) -> None:
    gateway.sandbox.deployment.faults.set(Fault("status", status=500, body={"detail": "canary"}))
    async with asked(gateway, ACROSS, accept) as answer:
        read = events_of(answer) if accept == EVENTS else parts_of(answer)
        later = str([part async for part in read][1])
    assert "canary" not in later
    assert gateway.sandbox.deployment.url not in later
    assert "'path': ['deployment']" in later
    assert "'code': 'UPSTREAM_UNAVAILABLE'" in later


COUNTED = [
    "{ functions { id ... @defer { content valves } } }",
    "{ functions @stream { id content } }",
    """{ functions(input: {count: 5}) @stream(initialCount: 1) { id
      ... @defer(label: "a") { content ... @defer(label: "b") { valves } } ... @defer { valves owner { name } } } }""",
    "{ deployments { id ... @defer { endpoints { name } } } }",
    "{ predictors { tag ... @defer { owner { username predictors { tag } } } } }",
]


@pytest.mark.parametrize("document", COUNTED)
async def test_upstreams_are_asked_no_more_than_for_the_whole_answer(gateway: Gateway, document: str) -> None:
    async def requests(accept: str) -> int:
        before = sum(gateway.counts.values())
        async with asked(gateway, document, accept, key="admin") as answer:
            assert answer.status == 200
            assert "errors" not in await answer.text()
        return sum(gateway.counts.values()) - before

    whole = await requests(JSON)
    assert [await requests(PARTS), await requests(OLDER)] == [whole, whole]


@pytest.mark.parametrize(
    ("document", "cost"),
    [
        ('{ predictors(input: {count: 200}) { ... @defer(label: "a") { tag } } }', 200 * (1 + 1 + 100)),
        ("{ predictors(input: {count: 200}) @stream { tag } }", 200 * (1 + 1 + 100)),
        ("{ predictors(input: {count: 200}) { ...F @defer } } fragment F on Predictor { tag }", 200 * (1 + 1 + 100)),
    ],
)
async def test_what_comes_later_costs_what_it_takes(gateway: Gateway, document: str, cost: int) -> None:
    async with asked(gateway, document, PARTS) as answer:
        assert answer.status == 400
        [error] = (await answer.json())["errors"]
    assert error["message"] == f"The operation costs {cost}, more than 20000."
    assert gateway.counts == {}


LEAVING = {
    "before the first part": '{ deployments { id } ... @defer { predictor(input: {tag: "@fxn/greeting"}) { tag } } }',
    "after the first part": "{ __typename ... @defer { deployments { id } } }",
    "while items load": "{ functions @stream { id content } ... @defer { deployments { id } } }",
}


@pytest.mark.parametrize("document", LEAVING.values(), ids=LEAVING.keys())
@pytest.mark.parametrize("wait_s", [0.0, 0.1])
async def test_a_client_that_leaves_ends_everything_down_to_the_upstream(
    gateway: Gateway, document: str, wait_s: float
) -> None:
    sandbox = gateway.sandbox
    sandbox.deployment.faults.set(Fault("slow", delay_s=30))
    sandbox.function_admin.faults.set(Fault("slow", match="export", delay_s=30))
    async with aiohttp.ClientSession() as session:
        outside = Gateway(gateway.url, session, sandbox)
        await outside.post("{ __typename }")
        before = len(asyncio.all_tasks())
        asking = asyncio.create_task(parts(outside, document))
        await eventually(lambda: sandbox.deployment.log.in_flight == 1)
        await asyncio.sleep(wait_s)
        asking.cancel()
        await asyncio.wait([asking])
        await eventually(lambda: sandbox.deployment.log.in_flight == 0 and sandbox.function_admin.log.in_flight == 0)
        await eventually(lambda: len(asyncio.all_tasks()) <= before)


async def test_a_caller_with_too_much_under_way_gets_a_429(settings: Settings, sandbox: Sandbox) -> None:
    sandbox.deployment.faults.set(Fault("slow", delay_s=SLOW_S))
    callers = CallerSettings(max_operations=1, address_factor=1)
    async with (
        serving(replace(settings, callers=callers), sandbox) as gateway,
        asked(gateway, ACROSS, PARTS) as running,
    ):
        await anext(parts_of(running))
        async with asked(gateway, DEFERRED, PARTS) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
