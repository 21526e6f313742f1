"""What this gateway sends is what the vendor's SDK was recorded to send."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.sandbox.invoke.answers import short_id
from gateway.sandbox.invoke.seed import IMAGE_ID, SENTIMENT_ID, SPAM_ID, TABULAR_ID, TAGS_ID
from tests.harness import Gateway
from tests.invoke_gateway import INVOKE, lines
from tests.sandbox.recordings import Request, recorded_calls

IDS = {
    "texttext00000001": short_id("function", SPAM_ID),
    "imgimg0000000001": short_id("function", IMAGE_ID),
    "tabtab0000000001": short_id("function", TABULAR_ID),
    "tagtag0000000001": short_id("function", TAGS_ID),
    "throttle00000001": short_id("function", SENTIMENT_ID),
}
REQUESTS = [request for call in recorded_calls("nyckel.json").values() for request in call.requests]
INVOCATIONS = {f"{request.path} {request.body[:40]}": request for request in REQUESTS if "/invoke" in request.path}


def path_here(path: str) -> str:
    for recorded, here in IDS.items():
        path = path.replace(recorded, here)
    return path


def test_there_are_invocations_to_compare_with() -> None:
    assert len(INVOCATIONS) == 10


@pytest.mark.parametrize("name", INVOCATIONS)
async def test_an_invocation_is_sent_as_the_sdk_sends_it(gateway: Gateway, name: str) -> None:
    request = INVOCATIONS[name]
    target = urlsplit(path_here(request.path))
    given = {
        "functionId": target.path.split("/")[3],
        "data": json.loads(request.body)["data"],
        "modelId": parse_qs(target.query).get("modelId", [None])[0],
    }
    await gateway.post(INVOKE, {"input": given})
    sent = gateway.sandbox.invoke.log.requests[-1]
    assert (sent.method, sent.path) == (request.method, target.path)
    assert json.loads(sent.body) == json.loads(request.body)
    # The SDK leaves `capture` to the vendor's default, which is the same, and sends a `modelId` that is not set empty.
    assert parse_qs(sent.query) == parse_qs(target.query) | {"capture": ["true"]}
    theirs = {key.lower(): value for key, value in request.headers.items()}
    assert sent.headers["Content-Type"] == theirs["content-type"]
    assert sent.headers["Authorization"].partition(" ")[0] == theirs["authorization"].partition(" ")[0]


async def test_a_token_is_asked_for_as_the_sdk_asks(gateway: Gateway) -> None:
    await gateway.post("{ trainedFunctions(input: {count: 1}) { id } }")
    sent = gateway.sandbox.invoke.log.requests[0]
    theirs = next(request for request in REQUESTS if request.path == "/connect/token")
    accounts = gateway.sandbox.accounts
    renamed = {"client_id": [accounts.nyckel_client_id], "client_secret": [accounts.nyckel_client_secret]}
    assert (sent.method, sent.path) == (theirs.method, theirs.path)
    assert parse_qs(sent.body.decode()) == parse_qs(theirs.body) | renamed
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"


async def test_what_belongs_to_a_function_is_read_where_the_sdk_reads_it(gateway: Gateway) -> None:
    function_id = IDS["tabtab0000000001"]
    await gateway.post(
        f'{{ trainedFunction(input: {{id: "{function_id}"}}) {{ fields {{ id }} labels {{ id }} samples {{ id }} }} }}'
    )
    [function, *parts] = [line.replace("function_", "") for line in lines(gateway)]  # a prefix may be left out
    theirs = {path_here(str_of(request)) for request in REQUESTS if request.method == "GET"}
    assert function in theirs
    assert f"GET /v1/functions/{function_id}/fields" in theirs & set(parts)
    samples = next(request for request in REQUESTS if "/samples?" in request.path)
    [ours] = [line for line in parts if "/samples" in line]
    order = {"sortBy": ["creation"], "sortOrder": ["descending"]}
    assert order.items() <= parse_qs(urlsplit(ours).query).items()
    assert order.items() <= parse_qs(urlsplit(samples.path).query).items()


def str_of(request: Request) -> str:
    return f"{request.method} {request.path}"
