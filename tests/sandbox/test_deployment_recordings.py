"""The deployment stand-in answers every request that the SDK covalent-cloud 1.4.4 was seen to send, as it needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.sandbox.deployment.behaviours import EXAMPLE_ID
from gateway.sandbox.deployment.seed import NEW_ID, STARTING_ID
from tests.sandbox.covalent_shapes import CreatedKey, Deployment, ListedKey, Page, Refusal, TornDown
from tests.sandbox.deployment_api import ACCOUNT_KEY, Api, running
from tests.sandbox.recordings import Answer, recorded_calls, send_again

CALLS = recorded_calls("covalent.json")
CREATING_S = 0.3
POLL_S = 0.2

RECORD = 'cc.get_deployment("663accb6f7d37dbf2a4687b7")'
STARTING = 'cc.get_deployment("slow", wait=True)'

SHAPES: dict[str, Any] = {
    RECORD: Deployment,
    "client.hello()": str,
    "client.hello(number=1867)": str,
    'client.hello(message="Hello, Covalent!")': str,
    "client.custom_endpoint(a=1)": dict,
    "client.peek(a=1)  # GET with JSON body": dict,
    "client.boom()  # 500": Refusal,
    "asyncio: client.async_hello(number=1)": str,
    "client.info()": dict,
    "client.reload()": Deployment,
    "client.token='nope'; client.hello()  # 401": Refusal,
    "client.token=None; client.hello()  # no x-api-key header": Refusal,
    STARTING: Deployment,
    'cc.get_deployment("newobj")  # status NEW_OBJECT, invoke_url null': Deployment,
    'cc.get_deployment("newobj", wait=0.2)  # TimeoutError': Deployment,
    'cc.get_deployment("missing")': Refusal,
    "cc.list_function_deployments()": Page,
    'cc.list_function_deployments(status="ACTIVE", search="x", count=5, page=1, sort="title", direction="asc")': Page,
    "cc.create_inference_api_key(id)": CreatedKey,
    "cc.list_inference_api_keys(id)": list[ListedKey],
    'cc.delete_inference_api_key(id, "7")': None,
    "client.teardown()": TornDown,
}

STREAMS: dict[str, Callable[[Any], str]] = {
    "list(client.stream())": lambda result: str(result["joined"]),
    "list(client.stream(message=..., items=[0,1,2]))": lambda result: str(result["joined"]),
    "docs idiom b.decode() per chunk with a non-ASCII char": lambda _: "é\nItems: 1 5 foo\nDone streaming\n",
    "asyncio: client.async_stream(items=[1])": "".join,
}

SAME_RESULT = [
    "client.hello()",
    "client.hello(number=1867)",
    'client.hello(message="Hello, Covalent!")',
    "client.custom_endpoint(a=1)",
    "client.peek(a=1)  # GET with JSON body",
    "asyncio: client.async_hello(number=1)",
    "client.info()",
]

NOT_SENT_AGAIN = {
    "client.hello(5)  # positional": "the SDK refuses it and sends nothing",
    "client.hello('x')  # positional 2": "the SDK refuses it and sends nothing",
    "cc.deploy(example_service)(message='Hi')": "uploads pickled code, which the stand-in does not run",
    "with DATAROBOT_API_TOKEN env: cc.get_deployment(id)": "the stand-in knows one account key and no other sign-in",
}


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path, creating_s=CREATING_S) as api:
        yield api


async def replay(api: Api, call: str, pause_s: float = 0.0) -> list[Answer]:
    """The recorded ids and keys become those of the stand-in; the key with id 7 is the example's first."""
    renamed = {
        "cc-account-key": ACCOUNT_KEY,
        "inference-key-1": (await api.record(EXAMPLE_ID))["inference_keys"][0]["key"],
        "inference-keys/7": "inference-keys/1",
        "functions/slow": f"functions/{STARTING_ID}",
        "functions/newobj": f"functions/{NEW_ID}",
    }
    answers = []
    for request in CALLS[call].requests:
        answers.append(await send_again(api.server.url, request, renamed))
        await asyncio.sleep(pause_s)
    return answers


def test_every_recorded_call_is_sent_again_or_has_a_reason_not_to_be() -> None:
    assert len(CALLS) == 30
    assert sorted(CALLS) == sorted([*SHAPES, *STREAMS, *NOT_SENT_AGAIN])


@pytest.mark.parametrize("call", SHAPES)
async def test_an_answer_has_the_status_and_the_shape_that_the_sdk_takes(api: Api, call: str) -> None:
    answers = await replay(api, call)
    assert [answer.status for answer in answers] == [request.status for request in CALLS[call].requests]
    for answer in answers:
        if SHAPES[call] is None:
            assert answer.body == b""
        else:
            msgspec.json.decode(answer.body, type=SHAPES[call])


@pytest.mark.parametrize("call", SAME_RESULT)
async def test_an_endpoint_answers_what_the_sdk_was_seen_to_return(api: Api, call: str) -> None:
    assert [answer.json for answer in await replay(api, call)] == [CALLS[call].result]


@pytest.mark.parametrize("call", STREAMS)
async def test_a_stream_is_the_text_that_the_sdk_was_seen_to_return(api: Api, call: str) -> None:
    answers = await replay(api, call)
    assert [(answer.status, answer.body.decode()) for answer in answers] == [(200, STREAMS[call](CALLS[call].result))]


async def test_a_service_becomes_active_while_the_sdk_waits_for_it(api: Api) -> None:
    records = [answer.json for answer in await replay(api, STARTING, POLL_S)]
    assert [record["status"] for record in records] == ["CREATING", "CREATING", "ACTIVE", "ACTIVE"]
    assert [record["invoke_url"] is None for record in records] == [True, True, False, False]


async def test_the_record_has_the_routes_that_the_sdk_was_seen_to_attach(api: Api) -> None:
    record = msgspec.convert(await api.record(EXAMPLE_ID), Deployment)
    assert [msgspec.to_builtins(endpoint) for endpoint in record.endpoints] == CALLS[RECORD].result["routes"]
