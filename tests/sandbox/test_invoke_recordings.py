"""The invoke stand-in answers every request that the SDK nyckel 0.4.23 was seen to send, in the shape that it takes.

Keys that may be unset are ``UNSET`` below, so a null in their place fails.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from gateway.sandbox.faults import Fault
from gateway.sandbox.invoke.answers import short_id
from gateway.sandbox.invoke.seed import IMAGE_ID, SENTIMENT_ID, SPAM_ID, TABULAR_ID, TAGS_ID
from tests.sandbox.invoke_api import Api, running
from tests.sandbox.recordings import Answer, Request, recorded_calls, send_again

CALLS = recorded_calls("nyckel.json")
THROTTLED = "invoke answered 429,429,200"
CREATED = 'TextClassificationFunction.create("MyFn", cr)'
DUPLICATE = 'func.create_samples([("hello","Spam"),("hello","Spam")])'
LISTED = "func.list_samples()"

NOT_SENT_AGAIN = {".token again (cached)": "the SDK has the token and sends nothing"}


class Token(msgspec.Struct):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


class TokenError(msgspec.Struct):
    error: str


class Message(msgspec.Struct):
    message: str
    existing_sample_id: str | UnsetType = msgspec.field(name="existingSampleId", default=UNSET)


class Function(msgspec.Struct):
    id: str
    input: Literal["Text", "Image", "Tabular"]
    output: Literal["Classification", "Tags"]
    name: str | UnsetType = UNSET


class FunctionState(Function, kw_only=True):
    state: str


class Metrics(msgspec.Struct, rename="camel"):
    is_training: bool
    sample_count: int
    prediction_count: int
    annotated_label_counts: dict[str, int]
    positive_annotated_label_counts: dict[str, int]


class Label(msgspec.Struct):
    id: str
    name: str
    description: str | UnsetType = UNSET
    metadata: dict[str, str] | UnsetType = UNSET


class Field(msgspec.Struct):
    id: str
    name: str
    type: Literal["Text", "Number", "Image"]


class Annotation(msgspec.Struct, rename="camel"):
    label_id: str


class Prediction(Annotation):
    confidence: float


class Sample(msgspec.Struct, rename="camel"):
    id: str
    data: str | dict[str, str | float]
    external_id: str | UnsetType = UNSET
    annotation: Annotation | UnsetType = UNSET
    prediction: Prediction | UnsetType = UNSET


class FunctionOutput(Prediction):
    label_name: str


FUNCTION = r"(/nyckel\.com)?/v1/functions/[^/]+"
OLD_FUNCTION = r"(/nyckel\.com)?/v0\.9/functions/[^/]+"
SHAPES: dict[str, Any] = {
    r"POST (/nyckel\.com)?/connect/token": Token,
    r"POST /v1/functions": Function,
    rf"GET {FUNCTION}": Function,
    rf"POST {FUNCTION}/invoke": FunctionOutput,
    rf"GET {FUNCTION}/labels": list[Label],
    rf"POST {FUNCTION}/labels": Label,
    rf"GET {FUNCTION}/fields": list[Field],
    rf"GET {FUNCTION}/samples": list[Sample],
    rf"POST {FUNCTION}/samples": Sample,
    rf"GET {FUNCTION}/samples/[^/]+": Sample,
    rf"DELETE {FUNCTION}/samples/[^/]+": None,
    rf"PUT {FUNCTION}/samples/[^/]+/annotation": Annotation,
    rf"DELETE {FUNCTION}/samples/[^/]+/annotation": None,
    rf"GET {OLD_FUNCTION}": FunctionState,
    rf"GET {OLD_FUNCTION}/metrics": Metrics,
    rf"POST {OLD_FUNCTION}/invoke": list[FunctionOutput],
}


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path) as api:
        yield api


async def names_here(api: Api) -> dict[str, str]:
    """What the recorded ids and tokens are called in the stand-in."""
    token = api.session.headers["Authorization"].removeprefix("Bearer ")
    metrics = (await api("GET", f"/v0.9/functions/{SPAM_ID}/metrics"))[1]
    return {
        **{f"jwt-{number}": token for number in range(1, 8)},
        "texttext00000001": short_id("function", SPAM_ID),
        "imgimg0000000001": short_id("function", IMAGE_ID),
        "tabtab0000000001": short_id("function", TABULAR_ID),
        "tagtag0000000001": short_id("function", TAGS_ID),
        "throttle00000001": short_id("function", SENTIMENT_ID),
        "samples/s0": "samples/spamornot0000001",
        "model_123": metrics["modelId"],
    }


async def replay(api: Api, call: str) -> list[Answer]:
    renamed = await names_here(api)
    answers = []
    for request in CALLS[call].requests:
        answers.append(await send_again(api.server.url, request, renamed))
        if (request.method, request.path) == ("POST", "/v1/functions"):
            renamed["newfn00000000001"] = short_id("function", answers[-1].json["id"])
    return answers


def shape_of(request: Request) -> Any:
    if request.status >= 400:
        return TokenError if request.path.endswith("/connect/token") else Message
    line = f"{request.method} {request.path.partition('?')[0]}"
    (shape,) = [shape for pattern, shape in SHAPES.items() if re.fullmatch(pattern, line)]
    return shape


def test_every_recorded_call_is_sent_again_or_has_a_reason_not_to_be() -> None:
    assert (len(CALLS), sum(len(call.requests) for call in CALLS.values())) == (26, 87)
    assert [call for call in CALLS if not CALLS[call].requests] == list(NOT_SENT_AGAIN)


@pytest.mark.parametrize("call", [call for call in CALLS if call not in NOT_SENT_AGAIN])
async def test_an_answer_has_the_status_and_the_shape_that_the_sdk_takes(api: Api, call: str) -> None:
    if call == THROTTLED:
        api.server.faults.set(Fault("status", match="/invoke$", times=2, status=429, body={"message": "Throttled"}))
    answers = await replay(api, call)
    requests = CALLS[call].requests
    assert [answer.status for answer in answers] == [request.status for request in requests]
    for request, answer in zip(requests, answers, strict=True):
        if shape_of(request) is None:
            assert answer.body == b""
        else:
            msgspec.json.decode(answer.body, type=shape_of(request))


async def test_a_second_sample_of_the_same_data_names_the_first(api: Api) -> None:
    first, second = (await replay(api, DUPLICATE))[-2:]
    assert second.json["existingSampleId"] == first.json["id"]


async def test_the_sdk_can_name_every_label_that_a_sample_mentions(api: Api) -> None:
    answers = await replay(api, LISTED)
    samples = msgspec.json.decode(answers[1].body, type=list[Sample])
    labels = {label["id"] for label in answers[2].json}
    named = {each.label_id for sample in samples for each in (sample.annotation, sample.prediction) if each}
    assert (len(samples), named) == (80, labels)


async def test_a_created_function_is_the_one_that_is_read_afterwards(api: Api) -> None:
    created, *read = (answer.json for answer in await replay(api, CREATED))
    assert (created["name"], read) == ("MyFn", [created] * 4)
