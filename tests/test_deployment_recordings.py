"""The gateway sends what the SDK covalent-cloud 1.4.4 was seen to send: method, path, query, key, media type, body."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from gateway.sandbox.deployment.behaviours import EXAMPLE_ID
from gateway.sandbox.server import Received
from tests.harness import Gateway
from tests.sandbox.recordings import Request, recorded_calls
from tests.subscribing import subscribed

CALLS = recorded_calls("covalent.json")

GET = "query ($id: ID!) { deployment(input: {id: $id}) { name } }"
LIST = "query ($input: DeploymentsInput!) { deployments(input: $input) { id } }"
INFO = "query ($id: ID!) { deployment(input: {id: $id}) { info } }"
KEYS = "query ($id: ID!) { deployment(input: {id: $id}) { inferenceKeys { id } } }"
CREATE_KEY = "mutation ($id: ID!) { createInferenceKey(input: {deployment: $id}) { id } }"
DELETE_KEY = 'mutation ($id: ID!) { deleteInferenceKey(input: {deployment: $id, id: "7"}) }'
TEAR_DOWN = "mutation ($id: ID!) { teardownDeployment(input: {id: $id}) { id } }"
INVOKE = "mutation ($input: InvokeEndpointInput!) { invokeEndpoint(input: $input) }"
STREAM = "subscription ($input: InvokeEndpointInput!) { endpointStream(input: $input) }"

THIS = {"id": EXAMPLE_ID}
PAGE = {"status": "ACTIVE", "search": "x", "count": 5, "offset": 5, "sort": "TITLE", "direction": "ASC"}


def call(route: str, **arguments: Any) -> dict[str, Any]:
    return {"input": {"deployment": EXAMPLE_ID, "route": route, "arguments": arguments}}


SENT: dict[str, tuple[str, dict[str, Any]]] = {
    'cc.get_deployment("663accb6f7d37dbf2a4687b7")': (GET, THIS),
    "client.hello()": (INVOKE, call("/hello")),
    "client.hello(number=1867)": (INVOKE, call("/hello", number=1867)),
    'client.hello(message="Hello, Covalent!")': (INVOKE, call("/hello", message="Hello, Covalent!")),
    "list(client.stream())": (STREAM, call("/stream")),
    "list(client.stream(message=..., items=[0,1,2]))": (STREAM, call("/stream", message="naïve é", items=[0, 1, 2])),
    "docs idiom b.decode() per chunk with a non-ASCII char": (STREAM, call("/stream", message="é")),
    "client.custom_endpoint(a=1)": (INVOKE, call("/custom-endpoint", a=1)),
    "client.peek(a=1)  # GET with JSON body": (INVOKE, call("/peek", a=1)),
    "client.boom()  # 500": (INVOKE, call("/boom")),
    "asyncio: client.async_hello(number=1)": (INVOKE, call("/hello", number=1)),
    "asyncio: client.async_stream(items=[1])": (STREAM, call("/stream", items=[1])),
    "client.reload()": (GET, THIS),
    'cc.get_deployment("newobj")  # status NEW_OBJECT, invoke_url null': (GET, {"id": "newobj"}),
    'cc.get_deployment("missing")': (GET, {"id": "missing"}),
    "cc.list_function_deployments()": (LIST, {"input": {}}),
    'cc.list_function_deployments(status="ACTIVE", search="x", count=5, page=1, sort="title", direction="asc")': (
        LIST,
        {"input": PAGE},
    ),
    "cc.create_inference_api_key(id)": (CREATE_KEY, THIS),
    "cc.list_inference_api_keys(id)": (KEYS, THIS),
    'cc.delete_inference_api_key(id, "7")': (DELETE_KEY, THIS),
    "client.teardown()": (TEAR_DOWN, THIS),
}

INFO_CALL = "client.info()"

NOT_SENT = {
    "client.hello(5)  # positional": "the SDK refuses it and sends nothing",
    "client.hello('x')  # positional 2": "the SDK refuses it and sends nothing",
    "client.token='nope'; client.hello()  # 401": "callers do not choose the key",
    "client.token=None; client.hello()  # no x-api-key header": "callers do not choose the key",
    'cc.get_deployment("slow", wait=True)': "the watch is in test_deployment_status",
    'cc.get_deployment("newobj", wait=0.2)  # TimeoutError': "the watch is in test_deployment_status",
    "cc.deploy(example_service)(message='Hi')": "functions travel as pickled code: a gateway does not deploy",
    "with DATAROBOT_API_TOKEN env: cc.get_deployment(id)": "another way to sign in",
}


def test_every_recorded_call_is_compared_or_has_a_reason_not_to_be() -> None:
    assert len(CALLS) == 30
    assert sorted(CALLS) == sorted([*SENT, INFO_CALL, *NOT_SENT])


async def sent(gateway: Gateway, document: str, variables: dict[str, Any]) -> list[Received]:
    """What reaches the upstream, without the look at the record before the call of a service."""
    if document == STREAM:
        async with subscribed(gateway, document, variables) as events:
            assert ["data" in event async for event in events].count(False) == 0
    else:
        await gateway.post(document, variables)
    requests = list(gateway.sandbox.deployment.log)
    return requests[1:] if document in (INVOKE, STREAM, INFO, KEYS) else requests[:1]


def parts(gateway: Gateway, received: Received) -> dict[str, Any]:
    accounts = gateway.sandbox.accounts
    key = received.headers["x-api-key"]
    return {
        "method": received.method,
        "path": received.path,
        "query": sorted(parse_qsl(received.query)),
        "key": "account" if key == accounts.covalent_account_key else "inference",
        "type": received.headers.get("Content-Type"),
        "body": json.loads(received.body) if received.body else None,
    }


def recorded_parts(request: Request) -> dict[str, Any]:
    path, _, query = request.path.partition("?")
    return {
        "method": request.method,
        "path": path,
        "query": sorted(parse_qsl(query)),
        "key": {"cc-account-key": "account", "inference-key-1": "inference"}[request.headers["x-api-key"]],
        "type": request.headers.get("Content-Type"),
        "body": json.loads(request.body) if request.body else None,
    }


@pytest.mark.parametrize("recorded", SENT)
async def test_the_gateway_sends_what_the_sdk_sends(gateway: Gateway, recorded: str) -> None:
    received = await sent(gateway, *SENT[recorded])
    assert [parts(gateway, each) for each in received] == [recorded_parts(each) for each in CALLS[recorded].requests]


async def test_only_for_info_the_gateway_sends_another_key_than_the_sdk(gateway: Gateway) -> None:
    [received] = await sent(gateway, INFO, THIS)
    [request] = CALLS[INFO_CALL].requests
    recorded = recorded_parts(request)
    assert recorded["key"] == "account"
    assert parts(gateway, received) == recorded | {"key": "inference"}
