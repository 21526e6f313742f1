"""The account key and the inference keys are in no answer to a user, and in no log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.deployment_upstream import ACCOUNT_KEY, INFERENCE_KEY, SERVICE_ID, OneService, one_service
from tests.harness import Gateway, serving
from tests.reading_streams import FORMS, BrokeOffError, rest, streamed

EVERYTHING = """{ id name description status tags auth createdAt updatedAt invokeUrl error stderr info inferenceKey
                  endpoints { route method name description streaming } inferenceKeys { id key } }"""
DOCUMENTS = [
    f'{{ deployment(input: {{id: "{SERVICE_ID}"}}) {EVERYTHING} }}',
    f"{{ deployments(input: {{count: 2}}) {EVERYTHING} }}",
    f'mutation {{ invokeEndpoint(input: {{deployment: "{SERVICE_ID}", route: "/call"}}) }}',
    f'mutation {{ teardownDeployment(input: {{id: "{SERVICE_ID}"}}) {EVERYTHING} }}',
    f'mutation {{ createInferenceKey(input: {{deployment: "{SERVICE_ID}"}}) {{ id key }} }}',
    f'mutation {{ deleteInferenceKey(input: {{deployment: "{SERVICE_ID}", id: "1"}}) }}',
]
BOTH = f"{ACCOUNT_KEY} {INFERENCE_KEY}"
FAULTS = [
    None,
    Fault("status", status=500, body={"detail": BOTH}),
    Fault("status", status=302, headers={"Location": f"http://127.0.0.1:9/?{ACCOUNT_KEY}"}),
    Fault("status", status=200, body={"id": 1, "inference_keys": [{"key": BOTH}]}),
    Fault("status", match="/svc", status=500, body={"detail": BOTH}),
    Fault("reset_in_body"),
]


@pytest.fixture
async def service() -> AsyncIterator[OneService]:
    async with one_service() as service:
        yield service


@pytest.fixture
async def planted(service: OneService, settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    async with serving(service.settings(settings), sandbox) as gateway:
        yield gateway


async def said(gateway: Gateway, key: str) -> list[str]:
    """Every answer to one caller, as text."""
    answers = [await gateway.post(document, key=key) for document in DOCUMENTS]
    texts = [json.dumps([answer.body, answer.headers]) for answer in answers]
    for form in FORMS:
        try:
            async with streamed(gateway, form) as stream:
                texts += [text async for text in stream]
        except BrokeOffError as error:
            texts.append(str(error))
        except AssertionError:  # a refusal, which `rest` shows
            async with rest(gateway) as answer:
                texts.append(await answer.text())
    return texts


async def test_a_user_is_told_no_key(service: OneService, planted: Gateway, capfd: pytest.CaptureFixture[str]) -> None:
    service.pieces = lambda: [b"text"]
    for fault in FAULTS:
        service.server.faults.set(*filter(None, [fault]))
        texts = await said(planted, "user")
        assert len(texts) >= len(DOCUMENTS) + 2
        assert "canary" not in "".join(texts), fault
    received = [request.headers.get("x-api-key") for request in service.server.log]
    assert {ACCOUNT_KEY, INFERENCE_KEY} <= set(received)
    output = capfd.readouterr()
    assert "request_id" in output.out
    assert "canary" not in output.out + output.err


async def test_the_account_key_reaches_the_management_api_only(service: OneService, planted: Gateway) -> None:
    await said(planted, "user")
    await said(planted, "admin")
    keys = {
        (request.path.startswith("/fn/api/v0/"), request.headers.get("x-api-key")) for request in service.server.log
    }
    assert keys == {(True, ACCOUNT_KEY), (False, INFERENCE_KEY)}


async def test_what_is_done_for_an_administrator_is_logged_without_keys(
    planted: Gateway, capfd: pytest.CaptureFixture[str]
) -> None:
    shown = "".join(await said(planted, "admin"))
    assert INFERENCE_KEY in shown
    assert ACCOUNT_KEY not in shown
    output = capfd.readouterr()
    assert "canary" not in output.out + output.err
