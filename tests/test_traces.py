"""Traces: which spans a request has, what they say, and whose trace they belong to."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings, TracingSettings, read
from tests.collector import Collector, Span, collecting
from tests.harness import Gateway, serving
from tests.sockets import connected, eventually, following

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
CALLED = {"traceparent": f"00-{TRACE}-{CALLER}-01", "tracestate": "congo=t61rcWkgMzE"}
ME = "{ user { username } }"


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as collector:
        yield collector


def traced(settings: Settings, collector: Collector, **changes: Any) -> Settings:
    tracing = read(TracingSettings, {"endpoint": collector.url, "interval_s": 0.05, **changes})
    return replace(settings, tracing=tracing)


@pytest.fixture
async def gateway(settings: Settings, sandbox: Sandbox, collector: Collector) -> AsyncIterator[Gateway]:
    async with serving(traced(settings, collector), sandbox) as gateway:
        yield gateway


def received(gateway: Gateway, field: str = "traceparent") -> dict[str, list[str]]:
    """A header field of the requests that each stand-in has received, in their order, without token requests."""
    return {
        name: [dict(map(_lower, request.headers.items())).get(field, "") for request in server.log if _asks(request)]
        for name, server in gateway.sandbox.servers.items()
    }


def _lower(field: tuple[str, str]) -> tuple[str, str]:
    return field[0].lower(), field[1]


def _asks(request: Any) -> bool:
    return bool(request.path != "/connect/token")


def parent(span: Span, flags: str = "01") -> str:
    """``traceparent`` of what is called inside the span."""
    return f"00-{span.trace_id}-{span.span_id}-{flags}"


async def post(gateway: Gateway, document: str, **headers: str) -> Any:
    headers["Authorization"] = f"Bearer {gateway.sandbox.accounts.yusuf_key}"
    async with gateway.session.post(gateway.url + "/graph", json={"query": document}, headers=headers) as response:
        return await response.json()


async def test_a_trace_of_the_readmes_query_shows_the_request_its_plan_and_its_upstream_requests(
    gateway: Gateway, collector: Collector, readme_query: str
) -> None:
    answer = await post(gateway, readme_query, **CALLED)
    assert "errors" not in answer
    spans = await collector.trace(9)
    assert collector.tree() == [
        "- > POST /graph",
        "POST /graph > graphql.execute",
        "POST /graph > graphql.prepare",
        "graphql.execute > deployment GET",
        "graphql.execute > function_admin GET",
        "graphql.execute > graphql.plan",
        "graphql.execute > invoke GET",
        "graphql.execute > prediction GET",
        "graphql.execute > prediction GET",
    ]
    assert {span.trace_id for span in spans} == {TRACE}
    assert {span.state for span in spans} == {CALLED["tracestate"]}
    request = collector.named("POST /graph")
    assert (request.kind, request.parent_id, request.failed) == ("server", CALLER, False)
    assert {span.kind for span in spans if span.name.endswith(" GET")} == {"client"}
    for name, fields in received(gateway).items():
        assert sorted(fields) == sorted(parent(span) for span in spans if span.name == f"{name} GET")
    assert sum(map(len, received(gateway).values())) == 5
    assert {state for states in received(gateway, "tracestate").values() for state in states} == {"congo=t61rcWkgMzE"}
    assert collector.resources[0] == {"service.name": "fngraph", "service.version": "0.1.0"}


async def test_a_span_says_method_route_status_and_request_id(gateway: Gateway, collector: Collector) -> None:
    answer = await gateway.post(ME)
    await collector.trace(5)
    assert collector.named("POST /graph").attributes == {
        "http.request.method": "POST",
        "http.route": "/graph",
        "http.response.status_code": 200,
        "fngraph.request_id": answer.headers["x-request-id"],
        "graphql.operation.type": "query",
    }
    assert collector.named("graphql.execute").attributes == {"graphql.operation.type": "query"}
    assert collector.named("prediction GET").attributes == {
        "fngraph.service": "prediction",
        "http.request.method": "GET",
        "http.response.status_code": 200,
    }


async def test_a_document_that_is_known_is_neither_prepared_nor_planned_again(
    gateway: Gateway, collector: Collector
) -> None:
    await gateway.post(ME)
    await gateway.post(ME)
    await collector.trace(8)
    assert collector.tree().count("POST /graph > graphql.prepare") == 1
    assert collector.tree().count("graphql.execute > graphql.plan") == 1
    assert collector.tree().count("graphql.execute > prediction GET") == 2


async def test_each_try_is_an_event_and_a_failure_has_its_code(gateway: Gateway, collector: Collector) -> None:
    gateway.sandbox.prediction.faults.set(Fault("status", status=503, times=1))
    await post(gateway, ME, **CALLED)
    await collector.trace(5)
    again = collector.named("prediction GET")
    assert (again.events, again.failed) == (["try", "try"], False)
    assert received(gateway)["prediction"] == [parent(again)] * 2
    collector.spans.clear()
    gateway.sandbox.prediction.faults.set(Fault("status", status=500, body={"detail": "broken"}))
    await post(gateway, ME, **CALLED)
    await collector.trace(3)
    failed = collector.named("prediction GET")
    assert (failed.events, failed.failed) == (["try"], True)
    assert (failed.attributes["http.response.status_code"], failed.attributes["error.type"]) == (
        500,
        "UPSTREAM_UNAVAILABLE",
    )


async def test_reads_are_shared_whatever_traces_their_callers_are_in(gateway: Gateway, collector: Collector) -> None:
    """Different documents, so that it is the upstream read that is shared: the first asker's trace is sent."""
    gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=0.3))
    documents = [ME, "{ user { name } }", "{ me: user { username } }"]
    others = [f"00-{number:032x}-{number:016x}-01" for number in (1, 2, 3)]
    calls = [post(gateway, each, traceparent=other) for each, other in zip(documents, others, strict=True)]
    assert all("errors" not in answer for answer in await asyncio.gather(*calls))
    assert gateway.counts == {"prediction": 1}
    await collector.trace(3 + 3 + 3 + 3 + 1)
    assert received(gateway)["prediction"] == [parent(collector.named("prediction GET"))]


async def test_identical_queries_share_one_execution_whatever_traces_they_are_in(
    gateway: Gateway, collector: Collector
) -> None:
    gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=0.3))
    others = [f"00-{number:032x}-{number:016x}-01" for number in (1, 2, 3)]
    await asyncio.gather(*(post(gateway, ME, traceparent=other) for other in others))
    assert gateway.counts == {"prediction": 1}
    await eventually(lambda: collector.tree().count("- > POST /graph") == 3)
    assert collector.tree().count("POST /graph > graphql.execute") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"traceparent": "00-0-0-01"},
        {"traceparent": f"00-{'0' * 32}-{CALLER}-01"},
        {"traceparent": "x" * 5000},
        {"traceparent": f"00-{TRACE}-{CALLER}-01-more"},
    ],
)
async def test_a_trace_context_that_is_not_valid_begins_a_new_trace(
    gateway: Gateway, collector: Collector, wrong: dict[str, str]
) -> None:
    assert "errors" not in await post(gateway, ME, **wrong)
    await collector.trace(5)
    assert collector.named("POST /graph").parent_id == ""
    [sent] = received(gateway)["prediction"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]", sent)  # 02: its id is random


@pytest.mark.parametrize("state", ["canary=\x80", "no-pair", "a=1," * 200, ",".join(f"k{n}=1" for n in range(40))])
async def test_a_trace_state_that_is_not_valid_or_too_long_is_not_passed_on_and_not_logged(
    gateway: Gateway, collector: Collector, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert "errors" not in await post(gateway, ME, traceparent=CALLED["traceparent"], tracestate=state)
    await collector.trace(5)
    assert {span.trace_id for span in collector.spans} == {TRACE}
    assert received(gateway, "tracestate")["prediction"] == [""]
    assert [record for record in caplog.records if record.name.startswith("opentelemetry")] == []


async def test_what_is_not_recorded_is_passed_on_nevertheless(
    settings: Settings, sandbox: Sandbox, collector: Collector
) -> None:
    async with serving(traced(settings, collector, sample_ratio=0), sandbox) as gateway:
        await post(gateway, ME, **CALLED)
        [sent] = received(gateway)["prediction"]
    assert re.fullmatch(rf"00-{TRACE}-[0-9a-f]{{16}}-00", sent)
    assert collector.requests == 0


async def test_a_caller_cannot_choose_an_id_that_is_recorded(
    settings: Settings, sandbox: Sandbox, collector: Collector
) -> None:
    async with serving(traced(settings, collector, sample_ratio=1e-9), sandbox) as gateway:
        for number in range(1, 11):
            await post(gateway, ME, traceparent=f"00-{number:032x}-00f067aa0ba902b7-01")
    assert collector.requests == 0


async def test_a_caller_decides_what_is_recorded_only_where_the_settings_say_so(
    settings: Settings, sandbox: Sandbox, collector: Collector
) -> None:
    async with serving(traced(settings, collector, sample_ratio=0, callers_decide=True), sandbox) as gateway:
        await post(gateway, ME)
        await post(gateway, "{ user { name } }", **CALLED)
    assert {span.trace_id for span in collector.spans} == {TRACE}


async def test_each_operation_of_a_socket_is_a_request_of_the_trace_of_its_handshake(
    gateway: Gateway, collector: Collector
) -> None:
    headers = {"Authorization": f"Bearer {gateway.sandbox.accounts.yusuf_key}", **CALLED}
    async with connected(gateway, headers=headers) as socket:
        await socket.init()
        await socket.subscribe("1", ME)
        await socket.until_end("1")
        await socket.subscribe("2", following(words=2))
        await socket.until_end("2")
        await eventually(lambda: len(collector.spans) == 9)
    assert collector.tree() == [
        "- > WEBSOCKET /graph",
        "- > WEBSOCKET /graph",
        "WEBSOCKET /graph > graphql.execute",
        "WEBSOCKET /graph > graphql.execute",
        "WEBSOCKET /graph > graphql.prepare",
        "WEBSOCKET /graph > graphql.prepare",
        "graphql.execute > graphql.plan",
        "graphql.execute > prediction GET",
        "graphql.execute > prediction POST",
    ]
    assert {(span.trace_id, span.state) for span in collector.spans} == {(TRACE, CALLED["tracestate"])}
    assert {span.parent_id for span in collector.spans if span.kind == "server"} == {CALLER}


async def test_events_over_http_are_one_request_with_one_execution(gateway: Gateway, collector: Collector) -> None:
    headers = {"Authorization": f"Bearer {gateway.sandbox.accounts.yusuf_key}", "Accept": "text/event-stream"}
    body = {"query": following(words=2)}
    async with gateway.session.post(gateway.url + "/graph", json=body, headers=headers) as response:
        assert b"event: complete" in await response.read()
    await collector.trace(4)
    assert collector.tree() == [
        "- > POST /graph",
        "POST /graph > graphql.execute",
        "POST /graph > graphql.prepare",
        "graphql.execute > prediction POST",
    ]
    assert collector.named("POST /graph").attributes["graphql.operation.type"] == "subscription"


async def test_an_answer_in_parts_is_one_execution(gateway: Gateway, collector: Collector) -> None:
    headers = {"Authorization": f"Bearer {gateway.sandbox.accounts.yusuf_key}", "Accept": "multipart/mixed"}
    body = {"query": "{ __typename ... @defer { user { username } } }"}
    async with gateway.session.post(gateway.url + "/graph", json=body, headers=headers) as response:
        assert b"yusuf" in await response.read()
    await collector.trace(4)
    assert "graphql.execute > prediction GET" in collector.tree()
    assert "POST /graph > graphql.execute" in collector.tree()


async def test_a_rest_twin_is_named_by_its_route_and_not_by_its_path(gateway: Gateway, collector: Collector) -> None:
    headers = {"Authorization": f"Bearer {gateway.sandbox.accounts.yusuf_key}", **CALLED}
    async with gateway.session.get(gateway.url + "/users/fxn", headers=headers) as response:
        assert response.status == 200
    await collector.trace(5)
    request = collector.named("GET /users/{username}")
    assert (request.trace_id, request.parent_id) == (TRACE, CALLER)
    assert request.attributes["graphql.operation.type"] == "query"
    assert "GET /users/{username} > graphql.execute" in collector.tree()


async def test_a_path_and_a_method_that_are_not_known_are_in_no_span(gateway: Gateway, collector: Collector) -> None:
    async with gateway.session.request("PROPFIND", gateway.url + "/canary/path?canary") as response:
        assert response.status == 404
    await collector.trace(1)
    assert collector.spans[0].name == "_OTHER rest"
    assert b"canary" not in collector.raw
    assert b"PROPFIND" not in collector.raw


async def test_a_caller_that_leaves_is_499(gateway: Gateway, collector: Collector) -> None:
    gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=5))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(gateway.post(ME), 0.3)
    await collector.trace(5)
    assert collector.named("POST /graph").attributes["http.response.status_code"] == 499
    assert collector.named("prediction GET").attributes["error.type"] == "CANCELLED"
