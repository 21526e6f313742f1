"""The prediction part over a v1 upstream: the calls that it has, and a clear error for those that it has not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import Gateway, serving, with_upstream
from tests.prediction_api import PREDICT, prediction, put, sent


@pytest.fixture
async def v1(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    async with serving(with_upstream(settings, "prediction", api="v1"), sandbox) as gateway:
        yield gateway


async def test_the_current_user_is_found_with_and_without_its_name(v1: Gateway) -> None:
    answer = await v1.post('{ user { username ... on User { email } } me: user(input: {username: "yusuf"}) { name } }')
    assert answer.data == {"user": {"username": "yusuf", "email": "yusuf@example.com"}, "me": {"name": "Yusuf"}}


async def test_a_predictor_and_what_v1_leaves_out_of_it(v1: Gateway) -> None:
    answer = await v1.post(
        '{ predictor(input: {tag: "@fxn/greeting"}) { name type predictions acceleration owner { username } } '
        '  nothing: predictor(input: {tag: "@fxn/nothing"}) { name } }'
    )
    found = {"name": "greeting", "type": "CLOUD", "predictions": 0, "acceleration": None, "owner": {"username": "fxn"}}
    assert answer.data == {"predictor": found, "nothing": None}


async def test_a_prediction_is_remote(v1: Gateway) -> None:
    value = {"name": "name", "stringValue": "Ada"}
    variables = prediction("@fxn/greeting", value, dataUrlLimit=4096)
    answer = await v1.post(PREDICT.format("__typename results { stringValue } error"), variables)
    made = {"__typename": "CloudPrediction", "results": [{"stringValue": "Hello, Ada!"}], "error": None}
    assert answer.data == {"createPrediction": made}
    data = {"type": "string", "data": "data:text/plain;base64,QWRh", "shape": None}
    body = {"tag": "@fxn/greeting", "inputs": {"name": data}, "acceleration": "auto", "clientId": "linux"}
    assert sent(v1) == [("POST /v1/predictions/remote", body)]


async def test_a_device_that_brings_its_configuration_gets_an_edge_prediction(v1: Gateway) -> None:
    variables = prediction("@fxn/edge", configuration="device")
    answer = await v1.post(PREDICT.format("__typename type configuration resources { type }"), variables)
    made = answer.data["createPrediction"]
    assert (made["__typename"], made["type"], len(made["configuration"])) == ("EdgePrediction", "EDGE", 32)
    body = {"tag": "@fxn/edge", "clientId": "linux", "configurationId": "device"}
    assert sent(v1) == [("POST /v1/predictions", body)]


async def test_archiving_and_deleting(v1: Gateway) -> None:
    answer = await v1.post(
        'mutation { archivePredictor(input: {tag: "@yusuf/quick-greeter-000"}) { status } '
        'deletePredictor(input: {tag: "@yusuf/keen-narrator-009"}) }'
    )
    assert answer.data == {"archivePredictor": {"status": "ARCHIVED"}, "deletePredictor": True}
    assert [line for line, _ in sent(v1)] == [
        "POST /v1/predictors/@yusuf/quick-greeter-000/archive",
        "GET /v1/predictors/@yusuf/quick-greeter-000",
        "DELETE /v1/predictors/@yusuf/keen-narrator-009",
    ]


async def test_an_upload_is_a_value(v1: Gateway) -> None:
    answer = await v1.post('mutation { createUploadUrl(input: {type: VALUE, name: "values"}) }')
    url = answer.data["createUploadUrl"]
    assert sent(v1) == [("POST /v1/values", {"name": "values"})]
    await put(v1, url, bytes([7, 0, 0, 0]))
    value = {"name": "values", "data": url, "type": "int32", "shape": []}
    variables = prediction("@fxn/sum", value)
    answer = await v1.post(PREDICT.format("results { intValue }"), variables)
    assert answer.data == {"createPrediction": {"results": [{"intValue": 7}]}}


@pytest.mark.parametrize(
    ("document", "what", "requests"),
    [
        ('{ user(input: {username: "ada"}) { name } }', "look up other users", 1),
        ("{ predictors { tag } }", "search predictors", 0),
        ("{ user { predictors { tag } } }", "list a user's predictors", 1),
        ("{ user { ... on User { environmentVariables { name } } } }", "list environment variables", 1),
        ('mutation { updateUser(input: {bio: "x"}) { name } }', "change a user", 0),
        (
            'mutation { createPredictor(input: {tag: "@yusuf/a", notebook: "https://a.b"}) { tag } }',
            "create a predictor from a notebook",
            0,
        ),
        ('mutation { createEnvironmentVariable(input: {name: "a", value: "b"}) { name } }',
         "create environment variables", 0),
        ('mutation { deleteEnvironmentVariable(input: {name: "a"}) }', "delete environment variables", 0),
        ('mutation { createUploadUrl(input: {type: NOTEBOOK, name: "a"}) }', "upload files of type NOTEBOOK", 0),
    ],
)  # fmt: skip
async def test_what_v1_lacks_is_an_error_that_says_so(v1: Gateway, document: str, what: str, requests: int) -> None:
    answer = await v1.post(document)
    assert answer.status == 400
    [error] = answer.body["errors"]
    assert error["message"] == f"The prediction upstream speaks API v1, which cannot {what}."
    assert (error["extensions"]["code"], error["extensions"]["service"]) == ("BAD_INPUT", "prediction")
    assert v1.counts.get("prediction", 0) == requests
