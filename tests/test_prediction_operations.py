"""Every operation of the prediction part over a v0 upstream: what is sent, what comes back, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import Gateway
from tests.prediction_api import PREDICT, prediction, put, sent
from tests.subscribing import subscribed

NEW = "@yusuf/new"
NOTEBOOK = "https://example.com/predictor.ipynb"

CREATE = "mutation ($input: CreatePredictorInput!) { createPredictor(input: $input) { tag status access description } }"
UPLOAD = "mutation ($input: CreateUploadUrlInput!) { createUploadUrl(input: $input) }"
SUM = PREDICT.format("results { intValue }")


async def test_updating_a_user_sends_the_given_members_only(gateway: Gateway) -> None:
    answer = await gateway.post('mutation { updateUser(input: {bio: "New", github: null}) { username bio email } }')
    assert answer.data == {"updateUser": {"username": "yusuf", "bio": "New", "email": "yusuf@example.com"}}
    assert sent(gateway) == [("PATCH /user", {"bio": "New", "github": None})]


async def test_creating_a_predictor_leaves_nulls_out(gateway: Gateway) -> None:
    members: dict[str, Any] = {"type": None, "access": None, "media": None, "overwrite": None, "environment": []}
    given = {"tag": NEW, "notebook": NOTEBOOK, "description": "New.", **members}
    answer = await gateway.post(CREATE, {"input": given})
    created = {"tag": NEW, "status": "PROVISIONING", "access": "PRIVATE", "description": "New."}
    assert answer.data == {"createPredictor": created}
    body = {"tag": NEW, "notebook": NOTEBOOK, "description": "New.", "environment": []}
    assert sent(gateway) == [("POST /predictors", body)]


async def test_creating_a_predictor_sends_all_that_is_given(gateway: Gateway) -> None:
    given = {
        "tag": NEW, "notebook": NOTEBOOK, "type": "EDGE", "access": "PUBLIC", "acceleration": "A40",
        "environment": [{"name": "A", "value": "1"}], "overwrite": True, "license": NOTEBOOK, "media": NOTEBOOK,
    }  # fmt: skip
    await gateway.post(CREATE, {"input": given})
    assert sent(gateway) == [("POST /predictors", given)]


@pytest.mark.parametrize(
    ("changes", "status", "code", "text"),
    [
        ({"tag": "@fxn/greeting"}, 409, "CONFLICT", "There is a predictor @fxn/greeting already"),
        ({"tag": "@ada/new"}, 403, "FORBIDDEN", "@ada/new is not a tag of yours"),
        ({"description": "x" * 201}, 400, "BAD_INPUT", "The description must be at most 200 characters"),
    ],
)
async def test_the_vendors_refusals_are_relayed(
    gateway: Gateway, changes: dict[str, Any], status: int, code: str, text: str
) -> None:
    answer = await gateway.post(CREATE, {"input": {"tag": NEW, "notebook": NOTEBOOK, **changes}})
    assert (answer.status, answer.errors) == (status, [("createPredictor", code, "prediction")])
    assert answer.body["errors"][0]["message"].startswith(text)


async def test_a_predictor_without_a_signature_shows_an_empty_one(gateway: Gateway) -> None:
    document = CREATE.replace("description }", "signature { inputs { name } outputs { name } } }")
    answer = await gateway.post(document, {"input": {"tag": NEW, "notebook": NOTEBOOK}})
    assert answer.data["createPredictor"]["signature"] == {"inputs": [], "outputs": []}


@pytest.mark.parametrize("field", ["archivePredictor(input: $input) { tag }", "deletePredictor(input: $input)"])
async def test_what_is_not_there_cannot_be_archived_or_deleted(gateway: Gateway, field: str) -> None:
    kind = field[0].upper() + field.partition("(")[0][1:] + "Input!"
    answer = await gateway.post(f"mutation ($input: {kind}) {{ {field} }}", {"input": {"tag": "@yusuf/nothing"}})
    assert (answer.status, answer.errors[0][1:]) == (404, ("NOT_FOUND", "prediction"))


async def test_what_a_mutation_changed_is_seen_by_the_next_field(gateway: Gateway) -> None:
    answer = await gateway.post(
        'mutation { a: archivePredictor(input: {tag: "@yusuf/quick-greeter-000"}) { status owner { username } } '
        'b: deletePredictor(input: {tag: "@yusuf/keen-narrator-009"}) }'
    )
    assert answer.data == {"a": {"status": "ARCHIVED", "owner": {"username": "yusuf"}}, "b": True}
    assert [line for line, _ in sent(gateway)] == [
        "POST /predictors/@yusuf/quick-greeter-000/archive",
        "DELETE /predictors/@yusuf/keen-narrator-009",
    ]


async def test_environment_variables_of_a_user_and_an_organization(gateway: Gateway) -> None:
    created = await gateway.post(
        'mutation { a: createEnvironmentVariable(input: {name: "A B", value: "s"}) { name } '
        'b: createEnvironmentVariable(input: {name: "B", value: "s", organization: "fxn"}) { name } }'
    )
    assert created.data == {"a": {"name": "A B"}, "b": {"name": "B"}}
    listed = await gateway.post(
        "{ me: user { ... on User { environmentVariables { name } } } "
        'by: user(input: {organization: "fxn"}) { ... on Organization { environmentVariables { name } } } }'
    )
    assert listed.data == {
        "me": {"environmentVariables": [{"name": "A B"}]},
        "by": {"environmentVariables": [{"name": "B"}]},
    }
    deleted = await gateway.post(
        'mutation { a: deleteEnvironmentVariable(input: {name: "A B"}) '
        'b: deleteEnvironmentVariable(input: {name: "B", organization: "fxn"}) }'
    )
    assert deleted.data == {"a": True, "b": True}


async def test_environment_variables_of_somebody_else_cost_only_their_field(gateway: Gateway) -> None:
    answer = await gateway.post(
        '{ user(input: {username: "ada"}) { name ... on User { environmentVariables { name } } } }'
    )
    assert answer.body["data"] == {"user": {"name": "Ada", "environmentVariables": None}}
    assert answer.errors == [("user", "FORBIDDEN", "prediction")]


async def test_the_value_of_a_variable_does_not_come_back(gateway: Gateway) -> None:
    answer = await gateway.post(
        'mutation { createEnvironmentVariable(input: {name: "A", value: "canary", organization: "ada"}) { name } }'
    )
    assert answer.status == 403
    assert "canary" not in str(answer.body)


@pytest.mark.parametrize("kind", ["FEATURE", "VALUE", "MEDIA", "NOTEBOOK"])
async def test_an_upload_url_takes_a_file_without_a_credential(gateway: Gateway, kind: str) -> None:
    url = (await gateway.post(UPLOAD, {"input": {"type": kind, "name": "a b.txt", "key": None}})).data[
        "createUploadUrl"
    ]
    assert sent(gateway) == [("POST /uploadUrls", {"type": kind, "name": "a b.txt"})]
    await put(gateway, url, b"text")
    async with gateway.session.get(url) as response:
        assert await response.read() == b"text"


@pytest.mark.parametrize("form", ["whole", "without the query", "on the vendor's host"])
async def test_an_upload_is_found_by_its_path(gateway: Gateway, form: str) -> None:
    upload = {"input": {"type": "VALUE", "name": "values"}}
    url = (await gateway.post(UPLOAD, upload)).data["createUploadUrl"]
    await put(gateway, url, bytes([1, 0, 0, 0, 2, 0, 0, 0]))
    path = url.partition("?")[0]
    data = {
        "whole": url,
        "without the query": path,
        "on the vendor's host": "http://cdn.fxn.ai/upload" + path.partition("/upload")[2],
    }[form]
    value = {"name": "values", "data": data, "type": "int32", "shape": [2]}
    answer = await gateway.post(SUM, prediction("@fxn/sum", value))
    assert answer.data == {"createPrediction": {"results": [{"intValue": 3}]}}
    assert sent(gateway)[-1] == ("POST /predict/@fxn/sum", {"values": {"data": data, "type": "int32", "shape": [2]}})


async def test_an_output_over_the_limit_comes_as_a_web_url(gateway: Gateway) -> None:
    document = PREDICT.format("results { data type shape stringValue }")
    long = {"name": "value", "stringValue": "x" * 100}
    for limit, scheme, text in ((101, "data:", "x" * 100), (100, "http:", None)):
        variables = prediction("@fxn/identity", long, dataUrlLimit=limit)
        [result] = (await gateway.post(document, variables)).data["createPrediction"]["results"]
        assert result["data"].startswith(scheme)
        assert (result["type"], result["shape"], result["stringValue"]) == ("string", None, text)


async def test_an_edge_prediction_carries_the_configuration_both_ways(gateway: Gateway) -> None:
    document = PREDICT.format("__typename type results { data } configuration resources { type url name }")
    made = (await gateway.post(document, prediction("@fxn/edge", configuration="device"))).data["createPrediction"]
    assert (made["__typename"], made["type"], made["results"]) == ("EdgePrediction", "EDGE", None)
    assert [resource["type"] for resource in made["resources"]] == ["dso", "fxn"]
    assert len(made["configuration"]) == 32
    [request] = gateway.sandbox.prediction.log
    assert request.headers["fxn-configuration-token"] == "device"
    assert request.headers["fxn-client"] == "linux"


@pytest.mark.parametrize("configuration", ["a\nb", "\x00", "a\r\nx-other: b"])
async def test_a_configuration_that_no_header_can_hold_is_bad_input(gateway: Gateway, configuration: str) -> None:
    variables = prediction("@fxn/edge", configuration=configuration)
    answer = await gateway.post(PREDICT.format("id"), variables)
    assert answer.errors == [("createPrediction", "BAD_INPUT", None)]
    followed = "subscription ($input: CreatePredictionInput!) { prediction(input: $input) { id } }"
    async with subscribed(gateway, followed, variables) as events:
        codes = [error["extensions"]["code"] async for event in events for error in event["errors"]]
    assert codes == ["BAD_INPUT"]
    assert gateway.counts == {}


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ([{"name": "a", "stringValue": "x", "intValue": 1}], "Input `a` has more than one value."),
        ([{"name": "a", "data": "data:,x", "stringValue": "x"}], "Input `a` has more than one value."),
        ([{"name": "a", "data": "data:,x"}], "Input `a` needs both `data` and `type`."),
        ([{"name": "a", "type": "string"}], "Input `a` needs both `data` and `type`."),
        ([{"name": "a", "type": "null", "data": "data:,x"}], "Input `a` needs both `data` and `type`."),
        ([{"name": "a", "intValue": 300, "type": "uint8"}], "The value does not fit into uint8."),
        ([{"name": "a", "stringValue": "x"}, {"name": "a", "stringValue": "y"}], "Input `a` is given twice."),
    ],
)
async def test_inputs_that_are_no_values_send_nothing(gateway: Gateway, inputs: list[Any], text: str) -> None:
    answer = await gateway.post(SUM, prediction("@fxn/identity", *inputs))
    assert (answer.status, answer.errors) == (400, [("createPrediction", "BAD_INPUT", None)])
    assert answer.body["errors"][0]["message"] == text
    assert gateway.counts == {}
