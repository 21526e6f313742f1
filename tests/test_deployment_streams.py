"""Streams of endpoints, by subscription and by REST: as they come, at the reader's pace, and no longer than wanted."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from typing import Any

import pytest

from gateway.sandbox.deployment.behaviours import EXAMPLE_ID
from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.deployment_upstream import ACCOUNT_KEY, INFERENCE_KEY, RECORD, RESET, SERVICE_ID, OneService, one_service
from tests.harness import Gateway, serving
from tests.reading_streams import FORMS, rest, streamed, until_it_breaks

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def service() -> AsyncIterator[OneService]:
    async with one_service() as service:
        yield service


@pytest.fixture
async def streaming(service: OneService, settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    async with serving(service.settings(settings), sandbox) as gateway:
        yield gateway


@pytest.mark.parametrize("form", FORMS)
async def test_the_vendors_example_streams(gateway: Gateway, form: str) -> None:
    async with streamed(gateway, form, EXAMPLE_ID, message="Grüße", items=[0], split=True) as texts:
        assert "".join([text async for text in texts]) == "Grüße\nItems: 0\nDone streaming\n"
    record, call = gateway.sandbox.deployment.log
    assert str(record) == f"GET /fn/api/v0/functions/{EXAMPLE_ID}"
    assert str(call) == f"POST /svc/0{EXAMPLE_ID}/stream"
    assert json.loads(call.body) == {"message": "Grüße", "items": [0], "split": True}


@pytest.mark.parametrize("form", FORMS)
async def test_text_comes_as_soon_as_it_is_there(service: OneService, streaming: Gateway, form: str) -> None:
    service.pieces = lambda: [b"one", 0.2, b"two", 0.2, b"three"]
    unfinished = []
    async with streamed(streaming, form) as texts:
        async for text in texts:
            unfinished.append((text, service.server.log.requests[-1].finished_s is None))
    assert unfinished[:2] == [("one", True), ("two", True)]
    assert [text for text, _ in unfinished] == ["one", "two", "three"]
    assert service.server.log.lines == [RECORD, "POST /svc/stream"]
    assert service.server.log.requests[-1].headers["x-api-key"] == INFERENCE_KEY


@pytest.mark.parametrize("form", FORMS)
async def test_characters_that_are_split_over_chunks_survive(
    service: OneService, streaming: Gateway, form: str
) -> None:
    text = "é€😀ñ\n"
    service.pieces = lambda: [piece for byte in text.encode() for piece in (bytes([byte]), 0.005)]
    async with streamed(streaming, form) as texts:
        assert [came async for came in texts] == list(text)


@pytest.mark.parametrize("form", FORMS)
async def test_bytes_that_are_no_text_are_replaced(service: OneService, streaming: Gateway, form: str) -> None:
    service.pieces = lambda: [b"a\xffb\xc3", 0.02, b"c", 0.02, b"\xf0\x9f"]
    async with streamed(streaming, form) as texts:
        assert "".join([text async for text in texts]) == "a\ufffdb\ufffdc\ufffd"


@pytest.mark.parametrize("form", FORMS)
async def test_an_empty_stream_ends_without_an_error(service: OneService, streaming: Gateway, form: str) -> None:
    async with streamed(streaming, form) as texts:
        assert "".join([text async for text in texts]) == ""


@pytest.mark.parametrize("form", FORMS)
async def test_what_came_before_a_reset_is_kept(service: OneService, streaming: Gateway, form: str) -> None:
    service.pieces = lambda: [b"one", 0.05, b"two\xc3", 0.05, RESET]
    async with streamed(streaming, form) as texts:
        assert await until_it_breaks(texts) == ("onetwo", "UPSTREAM_INVALID" if form == "subscription" else "")


@pytest.mark.parametrize("form", FORMS)
async def test_a_stream_over_a_limit_breaks_off(
    service: OneService, settings: Settings, sandbox: Sandbox, form: str
) -> None:
    limits = {"max_stream_bytes": 10, "max_stream_s": 0.4}
    async with serving(service.settings(settings, **limits), sandbox) as limited:
        service.pieces = lambda: [b"12345", 0.05, b"67890", 0.05, b"!"]
        async with streamed(limited, form) as texts:
            long = await until_it_breaks(texts)
        service.pieces = lambda: [b"1", 0.05, b"2", 5.0]
        async with streamed(limited, form) as texts:
            slow = await until_it_breaks(texts)
    codes = ("UPSTREAM_INVALID", "UPSTREAM_TIMEOUT") if form == "subscription" else ("", "")
    assert (long, slow) == (("1234567890", codes[0]), ("12", codes[1]))


@pytest.mark.parametrize("pieces", [[b"x", 30.0], [b"x", 0.005] * 6000], ids=["silent", "busy"])
@pytest.mark.parametrize("form", FORMS)
async def test_the_upstream_is_left_within_a_second_of_the_client(
    service: OneService, streaming: Gateway, form: str, pieces: list[bytes | float]
) -> None:
    service.pieces = lambda: pieces
    async with streamed(streaming, form) as texts:
        assert await anext(texts) == "x"
        upstream = service.server.log.requests[-1]
        assert upstream.finished_s is None
        left_s = time.monotonic()
    await asyncio.sleep(0.5)
    assert upstream.finished_s is not None
    assert upstream.finished_s - left_s < 1


@pytest.mark.parametrize("form", FORMS)
async def test_a_reader_that_stops_stops_the_upstream(service: OneService, streaming: Gateway, form: str) -> None:
    pulled = 0

    def endless() -> Iterator[bytes]:
        nonlocal pulled
        for pulled in itertools.count():  # noqa: B007
            yield b"x" * 65536

    service.pieces = endless
    async with streamed(streaming, form) as texts:
        await anext(texts)
        levels = []
        for _ in range(4):
            await asyncio.sleep(0.4)
            levels.append(pulled)
    assert levels[-1] == levels[-2]
    assert levels[-1] * 65536 < 64 * 2**20


async def test_a_refusal_by_the_service_is_an_answer_with_its_status(service: OneService, streaming: Gateway) -> None:
    for status, shown in ((401, 401), (404, 404), (422, 400), (429, 429), (500, 502), (503, 502)):
        service.server.log.clear()
        service.server.faults.set(Fault("status", match="/svc/stream", status=status, body={"detail": "no"}))
        async with rest(streaming) as answer:
            body = await answer.json()
        [error] = body["errors"]
        assert answer.status == shown
        assert body["error"] == error["message"] == ("no" if status < 500 else "The upstream failed.")
        assert error["extensions"]["service"] == "deployment"
        assert error["extensions"]["requestId"] == answer.headers["X-Request-Id"]
        async with streamed(streaming, "subscription") as texts:
            assert await until_it_breaks(texts) == ("", error["extensions"]["code"])
        assert service.server.log.lines == [RECORD, "POST /svc/stream"] * 2
        assert not any(canary in json.dumps(body) for canary in (ACCOUNT_KEY, INFERENCE_KEY))


TOO_MUCH = b" " * (Settings().max_body_bytes + 1)
REFUSED: dict[str, tuple[str, dict[str, Any], int, list[str]]] = {
    "anonymous": (f"{SERVICE_ID}/stream/stream", {"key": "anonymous"}, 401, []),
    "GET": (f"{SERVICE_ID}/stream/stream", {"method": "GET"}, 405, []),
    "not JSON": (f"{SERVICE_ID}/stream/stream", {"data": b"{", "headers": JSON}, 400, []),
    "a list": (f"{SERVICE_ID}/stream/stream", {"json": [1]}, 400, []),
    "a form": (f"{SERVICE_ID}/stream/stream", {"data": {"a": "1"}}, 415, []),
    "too large": (f"{SERVICE_ID}/stream/stream", {"data": BytesIO(TOO_MUCH), "headers": JSON}, 413, []),
    "an id that is none": ("%2e%2e/stream/stream", {}, 404, []),
    "a route that is not there": (f"{SERVICE_ID}/stream/missing", {}, 404, [RECORD]),
    "a route that does not stream": (f"{SERVICE_ID}/stream/call", {}, 400, [RECORD]),
    "a method that is not there": (f"{SERVICE_ID}/stream/stream?method=GET", {}, 404, [RECORD]),
}  # fmt: skip


async def test_what_is_refused_reaches_no_service(service: OneService, streaming: Gateway) -> None:
    for case, (path, request, status, sent) in REFUSED.items():
        service.server.log.clear()
        async with rest(streaming, path, **request) as answer:
            assert (case, answer.status) == (case, status)
        assert (case, service.server.log.lines) == (case, sent)


async def test_a_subscription_to_what_does_not_stream_is_refused(service: OneService, streaming: Gateway) -> None:
    for route, code in (("/call", "BAD_INPUT"), ("/missing", "NOT_FOUND")):
        async with streamed(streaming, "subscription", route=route) as texts:
            assert await until_it_breaks(texts) == ("", code)
    assert service.server.log.lines == [RECORD] * 2


async def test_the_method_of_a_stream_can_be_named(service: OneService, streaming: Gateway) -> None:
    service.record["endpoints"].append({"route": "/stream", "method": "GET", "streaming": True})
    async with rest(streaming, f"{SERVICE_ID}/stream/stream?method=GET") as answer:
        assert answer.status == 200
    async with rest(streaming) as answer:
        assert answer.status == 400
    assert service.server.log.lines == [RECORD, "GET /svc/stream", RECORD]


@pytest.mark.parametrize("form", FORMS)
async def test_a_flag_that_is_missing_keeps_nothing_from_streaming(
    service: OneService, streaming: Gateway, form: str
) -> None:
    service.record["endpoints"] = [{"route": "/stream", "method": "POST"}]
    service.pieces = lambda: [b"yes"]
    async with streamed(streaming, form) as texts:
        assert [text async for text in texts] == ["yes"]
