"""Traces on their way to the collector: what it is sent, and that it costs no request when it is away."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import socket
import time
from typing import Any

import pytest
import structlog
from msgspec.structs import replace

from gateway import logs
from gateway.commands.demo import demo_settings
from gateway.observability.tracing import END_S
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings, SettingsError, TracingSettings, load, read
from tests.collector import collecting
from tests.harness import serving
from tests.sockets import connected, eventually

ME = "{ user { username } }"
SECRET = "Bearer canary-collector"
CLOSING_S = 5
"""What the gateway's own end may take besides; far less than the collector's time."""


def traced(settings: Settings, endpoint: str, **changes: Any) -> Settings:
    tracing = read(TracingSettings, {"endpoint": endpoint, "interval_s": 0.05, **changes})
    return replace(settings, tracing=tracing)


@contextlib.contextmanager
def logged() -> Any:
    """The log of our own as JSON, with the ids of traces."""
    text = io.StringIO()
    with contextlib.redirect_stderr(text):
        logs.configure("info", traced=True)
        try:
            yield text
        finally:
            structlog.reset_defaults()


def entries(log: io.StringIO, event: str) -> list[dict[str, Any]]:
    return [entry for line in log.getvalue().splitlines() if (entry := json.loads(line))["event"] == event]


async def test_the_collector_gets_its_credential_and_the_name_of_the_service(
    settings: Settings, sandbox: Sandbox
) -> None:
    async with collecting() as collector:
        own = {"headers": {"authorization": SECRET}, "service_name": "graph-eu"}
        async with serving(traced(settings, collector.url, **own), sandbox) as gateway:
            await gateway.post(ME)
            await collector.trace(5)
    assert collector.headers["authorization"] == SECRET
    assert collector.headers["content-type"] == "application/x-protobuf"
    assert collector.resources[0]["service.name"] == "graph-eu"


async def test_what_is_not_sent_yet_is_sent_at_the_end(settings: Settings, sandbox: Sandbox) -> None:
    async with collecting() as collector:
        async with serving(traced(settings, collector.url, interval_s=3600), sandbox) as gateway:
            await gateway.post(ME)
            assert collector.requests == 0
        assert len(await collector.trace(5)) == 5
        assert collector.requests == 1


async def test_a_collector_that_is_away_costs_no_request_and_is_told_of_once(
    settings: Settings, sandbox: Sandbox
) -> None:
    with socket.socket() as unused, logged() as log:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with serving(traced(settings, address, headers={"authorization": SECRET}), sandbox) as gateway:
            for _ in range(3):
                assert (await gateway.post(ME)).data == {"user": {"username": "yusuf"}}
                await asyncio.sleep(0.1)
    [told] = entries(log, "traces are not sent")
    assert (told["level"], told["reason"]) == ("warning", "ConnectionRefusedError")
    assert "canary" not in log.getvalue()


async def test_a_collector_that_never_answers_costs_no_request_and_does_not_hold_the_end_up(
    settings: Settings, sandbox: Sandbox
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endless = traced(settings, f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=3600, max_queue=8)
        async with serving(endless, sandbox) as gateway:
            for _ in range(10):
                assert (await gateway.post(ME)).data == {"user": {"username": "yusuf"}}
            ending_s = time.monotonic()
        assert time.monotonic() - ending_s < END_S + CLOSING_S


async def test_a_collector_that_fails_for_a_while_gets_what_comes_later(settings: Settings, sandbox: Sandbox) -> None:
    async with collecting() as collector:
        collector.status = 503
        with logged() as log:
            async with serving(traced(settings, collector.url), sandbox) as gateway:
                await gateway.post(ME)
                await eventually(lambda: collector.requests == 1)
                collector.status = 200
                await gateway.post(ME)
                assert len(await collector.trace(3)) == 3
    assert [entry["reason"] for entry in entries(log, "traces are not sent")] == ["status 503"]
    assert [entry["lost"] for entry in entries(log, "traces are sent again")] == [5]


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "collector:4318"},
        {"sample_ratio": 1.5},
        {"headers": {"two words": "x"}},
        {"headers": {"authorization": "canary\r\nHost: elsewhere"}},
        {"max_queue": 0},
        {"timeout_s": 0},
    ],
)
def test_what_could_not_work_is_refused_at_the_start_without_its_secrets(
    wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    [name] = wrong
    monkeypatch.setenv("FNGRAPH_TRACING", json.dumps(wrong))
    with pytest.raises(SettingsError, match=f"^tracing.{name}") as refused:
        load()
    assert "canary" not in str(refused.value)


async def test_a_redirect_is_not_followed(settings: Settings, sandbox: Sandbox) -> None:
    """The collector's credential is for its address alone."""
    async with collecting() as collector:
        collector.status = 307
        async with serving(traced(settings, collector.url), sandbox) as gateway:
            await gateway.post(ME)
            await eventually(lambda: collector.requests == 1)
    assert collector.requests == 1
    assert collector.spans == []


async def test_a_line_of_the_log_has_the_ids_of_its_span(settings: Settings, sandbox: Sandbox) -> None:
    async with collecting() as collector:
        with logged() as log:
            async with serving(traced(settings, collector.url), sandbox) as gateway:
                answer = await gateway.post(ME)
                await collector.trace(5)
    [line] = entries(log, "request")
    span = collector.named("POST /graph")
    assert (line["trace_id"], line["span_id"]) == (span.trace_id, span.span_id)
    assert (line["request_id"], line["status"], line["operation"]) == (answer.headers["x-request-id"], 200, "query")
    assert line.keys() == {
        "event", "level", "timestamp", "request_id", "status", "duration_s", "operation", "trace_id", "span_id",
    }  # fmt: skip


async def test_the_line_of_an_operation_on_a_socket_says_what_it_was(settings: Settings, sandbox: Sandbox) -> None:
    async with collecting() as collector:
        with logged() as log:
            async with serving(traced(settings, collector.url), sandbox) as gateway, connected(gateway) as socket:
                await socket.init()
                await socket.subscribe("1", "{ __typename }")
                await socket.until_end("1")
                await collector.trace(4)
    [line] = entries(log, "operation")
    assert (line["operation"], line["refused"]) == ("query", False)
    assert line["span_id"] == collector.named("WEBSOCKET /graph").span_id


async def test_without_a_span_a_line_has_no_ids(sandbox: Sandbox) -> None:
    with logged() as log:
        async with serving(demo_settings(sandbox, 0), sandbox) as gateway:
            await gateway.post("mutation { nothing }")
    [line] = entries(log, "request")
    assert line.keys() == {"event", "level", "timestamp", "request_id", "status", "duration_s", "operation"}
    assert line["operation"] is None
