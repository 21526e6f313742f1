"""``POST /predict/{tag}`` takes what each release of the vendor's clients sends, and answers what it reads."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.harness import GREETING, Gateway
from tests.rest import call

NAMED = {"name": {"data": "data:text/plain;base64,QWRh", "type": "string", "shape": None}}
HELLO_ADA = {"data": "data:text/plain;base64,SGVsbG8sIEFkYSE=", "type": "string", "shape": None}
HELLO_WORLD = {"data": "data:text/plain;base64,SGVsbG8sIFdvcmxkIQ==", "type": "string", "shape": None}
PLAIN = ("stringValue", "floatValue", "floatArray", "intValue", "intArray", "boolValue", "boolArray")
MEMBERS = ["id", "tag", "type", "created", "results", "latency", "error", "logs"]


async def predict(gateway: Gateway, target: str, body: Any = None, **headers: str) -> Any:
    answer = await call(gateway, "POST", f"/predict/{target}", body, **headers)
    assert answer.status == 200, answer.body
    return answer.body


async def test_encoded_values_by_name(gateway: Gateway) -> None:
    target = f"{GREETING}?rawOutputs=true&dataUrlLimit=4096"
    prediction = await predict(gateway, target, NAMED, fxn_client="linux:x86_64")
    assert list(prediction) == MEMBERS
    assert (prediction["tag"], prediction["type"], prediction["error"]) == (GREETING, "CLOUD", None)
    assert prediction["results"] == [HELLO_ADA]
    assert prediction["logs"] == "Greeting Ada\n"
    [sent] = gateway.sandbox.prediction.log
    assert str(sent) == f"POST /predict/{GREETING}?rawOutputs=true&dataUrlLimit=4096"
    assert sent.headers["fxn-client"] == "linux:x86_64"
    assert "fxn-configuration-token" not in sent.headers
    assert msgspec.json.decode(sent.body) == NAMED


async def test_a_plain_value_as_the_vendors_page_sends_it(gateway: Gateway) -> None:
    prediction = await predict(gateway, f"{GREETING}?rawOutputs=true", {"name": "Ada"})
    assert prediction["results"] == [HELLO_ADA]
    assert gateway.sandbox.prediction.log.requests[0].headers["fxn-client"] == "unknown"


async def test_outputs_have_their_plain_value_beside_them_unless_they_are_raw(gateway: Gateway) -> None:
    prediction = await predict(gateway, GREETING, {"name": "Ada"})
    absent = dict.fromkeys((*PLAIN, "listValue", "dictValue"))
    assert prediction["results"] == [{**HELLO_ADA, **absent, "stringValue": "Hello, Ada!"}]


async def test_each_kind_of_plain_value_becomes_the_type_that_the_clients_give_it(gateway: Gateway) -> None:
    inputs = {"a": 7, "b": 1.5, "c": True, "d": [1, "x"], "e": {"type": 1}, "f": None, "g": {"data": "x"}, "h": "x"}
    prediction = await predict(gateway, "@fxn/identity", inputs)
    plain = [
        ("int32", "intValue", 7),
        ("float32", "floatValue", 1.5),
        ("bool", "boolValue", True),
        ("list", "listValue", [1, "x"]),
        ("dict", "dictValue", {"type": 1}),
        ("null", "stringValue", None),
        ("dict", "dictValue", {"data": "x"}),
        ("string", "stringValue", "x"),
    ]
    found = zip(prediction["results"], plain, strict=True)
    assert [(result["type"], member, result[member]) for result, (_, member, _) in found] == plain


@pytest.mark.parametrize("body", [None, b"", b"null", b"{}", b" \n"])
async def test_no_inputs_in_every_form_that_clients_send(gateway: Gateway, body: bytes | None) -> None:
    target = f"{GREETING}?rawOutputs=true&dataUrlLimit=None"
    assert (await predict(gateway, target, body))["results"] == [HELLO_WORLD]


@pytest.mark.parametrize("limit", ["None", "undefined", "null", ""])
@pytest.mark.parametrize("token", ["null", "undefined", "None", ""])
async def test_what_a_client_does_not_have_is_not_sent_on(gateway: Gateway, limit: str, token: str) -> None:
    target = f"{GREETING}?rawOutputs=true&dataUrlLimit={limit}"
    await predict(gateway, target, {}, fxn_client="node", fxn_configuration_token=token)
    [sent] = gateway.sandbox.prediction.log
    assert str(sent) == f"POST /predict/{GREETING}?rawOutputs=true"
    assert "fxn-configuration-token" not in sent.headers


async def test_the_tag_may_be_encoded(gateway: Gateway) -> None:
    for tag in ("@fxn/greeting", "%40fxn/greeting", "@fxn%2Fgreeting", "%40fxn%2fgreeting"):
        assert (await predict(gateway, f"{tag}?rawOutputs=true", {}))["tag"] == GREETING


async def test_an_edge_prediction_has_a_configuration_and_resources(gateway: Gateway) -> None:
    prediction = await predict(
        gateway, "@fxn/edge?rawOutputs=true", {}, fxn_client="linux-x86_64", fxn_configuration_token="device-1"
    )
    assert list(prediction) == [*MEMBERS, "configuration", "resources"]
    assert (prediction["type"], prediction["results"]) == ("EDGE", None)
    assert [list(resource) for resource in prediction["resources"]] == [["type", "url", "name"]] * 2
    assert gateway.sandbox.prediction.log.requests[0].headers["fxn-configuration-token"] == "device-1"


async def test_v1_sends_the_same_in_the_body(gateway: Gateway) -> None:
    edge = {"tag": "@fxn/edge", "clientId": "linux-x86_64", "configurationId": "device-1"}
    answer = await call(gateway, "POST", "/v1/predictions", edge)
    assert list(answer.body) == ["id", "tag", "configuration", "resources", "created"]
    remote = {"tag": GREETING, "inputs": NAMED, "acceleration": "auto", "clientId": "linux-x86_64"}
    answer = await call(gateway, "POST", "/v1/predictions/remote", remote)
    assert list(answer.body) == ["id", "tag", "created", "results", "latency", "error", "logs"]
    assert answer.body["results"] == [HELLO_ADA]


async def test_a_prediction_that_fails_is_an_answer(gateway: Gateway) -> None:
    prediction = await predict(gateway, "@fxn/fail?rawOutputs=true", {"message": "No luck."})
    assert (prediction["results"], prediction["error"]) == (None, "No luck.")


async def test_a_predictor_that_is_not_there_is_not_found(gateway: Gateway) -> None:
    answer = await call(gateway, "POST", "/predict/@fxn/nothing", {})
    assert answer.status == 404
    assert answer.body["error"] == answer.body["errors"][0]["message"]


async def test_a_value_that_fits_no_type_is_refused_and_sent_to_nobody(gateway: Gateway) -> None:
    answer = await call(gateway, "POST", f"/predict/{GREETING}", {"name": 2**40})
    assert answer.status == 400
    assert answer.body["error"].startswith("`inputs[0].intValue`: Int cannot represent")
    assert gateway.counts == {}
