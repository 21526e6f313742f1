"""Each built-in twin answers the value of its root field alone, and sends upstream no more than its graph field."""

from __future__ import annotations

import base64
from typing import Any

from msgspec.structs import replace

from gateway.sandbox.invoke.seed import SPAM_ID
from gateway.settings import Settings
from tests.harness import GREETING, SERVICE, Gateway, serving
from tests.rest import call

YUSUF = {
    "username": "yusuf",
    "created": "2023-11-01T09:00:00Z",
    "name": "Yusuf",
    "avatar": None,
    "bio": "Makes predictors.",
    "website": None,
    "github": None,
    "email": "yusuf@example.com",
}
FXN = {
    "username": "fxn",
    "created": "2023-11-01T09:00:00Z",
    "name": "Function",
    "avatar": None,
    "bio": None,
    "website": "https://fxn.ai",
    "github": "fxnai",
}
NAME = {
    "name": "name",
    "type": "string",
    "description": "Whom to greet.",
    "optional": True,
    "range": None,
    "enumeration": None,
    "schema": None,
}
OUTPUT = {
    "name": "greeting",
    "type": "string",
    "description": "The greeting.",
    "optional": False,
    "range": None,
    "enumeration": None,
    "schema": None,
}
PREDICTOR_V1 = {
    "tag": GREETING,
    "owner": FXN,
    "name": "greeting",
    "status": "ACTIVE",
    "access": "PUBLIC",
    "signature": {"inputs": [NAME], "outputs": [OUTPUT]},
    "created": "2023-11-01T09:00:00Z",
    "description": "Greets somebody by name.",
    "card": "# greeting\n\nGreets somebody by name.",
    "media": None,
    "license": "https://www.apache.org/licenses/LICENSE-2.0",
}
WORLD = {"data": "data:text/plain;base64,V29ybGQ=", "type": "string", "shape": None}
PREDICTOR = {
    **PREDICTOR_V1,
    "type": "CLOUD",
    "predictions": 0,
    "acceleration": "CPU",
    "signature": {"inputs": [{**NAME, "defaultValue": WORLD}], "outputs": [{**OUTPUT, "defaultValue": None}]},
    "error": None,
}
DEPLOYMENT = {
    "id": SERVICE,
    "name": "example_service",
    "status": "ACTIVE",
    "description": "Example service",
    "tags": ["demo", "example"],
    "createdAt": "2024-05-24T09:37:00Z",
    "updatedAt": "2024-05-24T09:37:00Z",
}
SPAM = {
    "id": SPAM_ID,
    "name": "spam-or-not",
    "input": "Text",
    "output": "Classification",
    "projectId": "project_sandbox000000001",
}


async def value(gateway: Gateway, method: str, path: str, body: Any = None) -> Any:
    """The body of an answer that must be 200 and whole."""
    answer = await call(gateway, method, path, body)
    assert answer.status == 200, answer.body
    assert "x-errors" not in answer.headers
    return answer.body


async def test_the_current_user_as_the_vendors_page_asks_for_it(gateway: Gateway) -> None:
    key = gateway.sandbox.accounts.yusuf_key
    basic = base64.b64encode(f"{key}:".encode()).decode()
    for authorization in (f"Bearer {key}", f"Basic {basic}"):
        answer = await call(gateway, "GET", "/user", key=None, Authorization=authorization)
        assert (answer.status, answer.body) == (200, YUSUF)
    assert gateway.sandbox.prediction.log.lines == ["GET /user"] * 2


async def test_users(gateway: Gateway) -> None:
    assert await value(gateway, "PATCH", "/user", {"bio": "Rests."}) == {**YUSUF, "bio": "Rests."}
    assert await value(gateway, "GET", "/users/fxn") == FXN
    assert await value(gateway, "GET", "/users/fxn/predictors?count=1") == [PREDICTOR]
    assert gateway.sandbox.prediction.log.lines == [
        "PATCH /user",
        "GET /users/fxn",
        "GET /users/fxn",
        "GET /users/fxn/predictors?status=ACTIVE&offset=0&count=1",
    ]


async def test_predictors(gateway: Gateway) -> None:
    assert await value(gateway, "GET", f"/predictors/{GREETING}") == PREDICTOR
    assert await value(gateway, "GET", "/predictors?query=greeting&count=1") == [PREDICTOR]
    assert gateway.sandbox.prediction.log.lines == [
        f"GET /predictors/{GREETING}",
        "GET /predictors?query=greeting&offset=0&count=1",
    ]


async def test_the_life_of_a_predictor(gateway: Gateway) -> None:
    upload = await value(gateway, "POST", "/uploadUrls", {"type": "NOTEBOOK", "name": "new.ipynb"})
    assert list(upload) == ["url"]
    body = {"tag": "@yusuf/new", "notebook": upload["url"], "environment": [{"name": "A", "value": "b"}]}
    created = await value(gateway, "POST", "/predictors", body)
    assert (created["tag"], created["status"], created["access"]) == ("@yusuf/new", "PROVISIONING", "PRIVATE")
    archived = await value(gateway, "POST", "/predictors/@yusuf/new/archive")
    assert archived == {**created, "status": "ARCHIVED"}
    assert await value(gateway, "DELETE", "/predictors/@yusuf/new") is True
    assert gateway.sandbox.prediction.log.lines == [
        "POST /uploadUrls",
        "POST /predictors",
        "POST /predictors/@yusuf/new/archive",
        "DELETE /predictors/@yusuf/new",
    ]


async def test_environment_variables(gateway: Gateway) -> None:
    created = await value(gateway, "POST", "/environmentVariables", {"name": "A", "value": "b", "organization": None})
    assert created == {"name": "A"}
    assert await value(gateway, "GET", "/users/yusuf/environmentVariables") == [{"name": "A"}]
    assert await value(gateway, "DELETE", "/environmentVariables/A") is True
    assert await value(gateway, "GET", "/users/yusuf/environmentVariables") == []


async def test_the_current_user_and_a_predictor_in_the_shapes_of_v1(gateway: Gateway) -> None:
    assert await value(gateway, "GET", "/v1/users") == YUSUF
    assert await value(gateway, "GET", f"/v1/predictors/{GREETING}") == PREDICTOR_V1


async def test_a_predictor_that_is_being_built_is_compiling_and_has_a_signature_in_v1(gateway: Gateway) -> None:
    upload = await value(gateway, "POST", "/uploadUrls", {"type": "NOTEBOOK", "name": "new.ipynb"})
    await value(gateway, "POST", "/predictors", {"tag": "@yusuf/new", "notebook": upload["url"]})
    found = await value(gateway, "GET", "/v1/predictors/@yusuf/new")
    assert found["status"] == "COMPILING"
    assert found["signature"] == {"inputs": [], "outputs": []}
    archived = await value(gateway, "POST", "/v1/predictors/@yusuf/new/archive")
    assert archived == {**found, "status": "ARCHIVED"}
    assert await value(gateway, "DELETE", "/v1/predictors/@yusuf/new") is True


async def test_a_value_is_uploaded_to_one_url_of_v1_and_named_by_the_other(gateway: Gateway) -> None:
    urls = await value(gateway, "POST", "/v1/values", {"name": "name.txt"})
    assert list(urls) == ["uploadUrl", "downloadUrl"]
    async with gateway.session.put(urls["uploadUrl"], data=b"Ada") as response:
        assert response.status == 200
    inputs = {"name": {"data": urls["downloadUrl"], "type": "string", "shape": None}}
    prediction = await value(gateway, "POST", "/v1/predictions/remote", {"tag": GREETING, "inputs": inputs})
    assert prediction["logs"] == "Greeting Ada\n"


async def test_deployments(gateway: Gateway) -> None:
    assert await value(gateway, "GET", "/deployments?status=ACTIVE&count=1") == [DEPLOYMENT]
    found = await value(gateway, "GET", f"/deployments/{SERVICE}")
    assert found["endpoints"][0] == {
        "route": "/hello",
        "method": "POST",
        "name": "hello",
        "description": "Says hello",
        "streaming": False,
    }
    assert (found["auth"], found["error"], found["stderr"]) == (True, None, None)
    assert {name: found[name] for name in DEPLOYMENT} == DEPLOYMENT
    assert gateway.counts == {"deployment": 2}


async def test_an_endpoint_answers_what_it_answers(gateway: Gateway) -> None:
    echoed = await value(
        gateway, "POST", f"/deployments/{SERVICE}/invoke", {"route": "/custom-endpoint", "arguments": {"x": 1}}
    )
    assert echoed == {"route": "/custom-endpoint", "args": {"x": 1}}


async def test_inference_keys_and_the_end_of_a_deployment(gateway: Gateway) -> None:
    keys = f"/deployments/{SERVICE}/inference-keys"
    before = await value(gateway, "GET", keys)
    created = await value(gateway, "POST", keys)
    assert list(created) == ["id", "key", "createdAt"]
    listed = {key["id"] for key in await value(gateway, "GET", keys)}
    assert listed == {*(key["id"] for key in before), created["id"]}
    assert await value(gateway, "DELETE", f"{keys}/{created['id']}") is True
    torn = await value(gateway, "DELETE", f"/deployments/{SERVICE}")
    assert (torn["id"], torn["status"]) == (SERVICE, "INACTIVE")


async def test_the_life_of_a_function(gateway: Gateway) -> None:
    created = await value(gateway, "POST", "/functions", {"id": "f1", "name": "F", "content": "class Filter: pass"})
    assert (created["id"], created["type"], created["isActive"]) == ("f1", "FILTER", False)
    assert (await value(gateway, "PATCH", "/functions/f1", {"name": "G"}))["name"] == "G"
    assert (await value(gateway, "POST", "/functions/f1/toggle"))["isActive"] is True
    found = await value(gateway, "GET", "/functions/f1")
    assert (found["name"], found["content"], found["owner"]["name"]) == ("G", "class Filter: pass", "Yusuf")
    assert [row["id"] for row in await value(gateway, "GET", "/functions?isActive=true&query=f1")] == ["f1"]
    assert await value(gateway, "DELETE", "/functions/f1") is True
    assert (await call(gateway, "GET", "/functions/f1")).status == 404


async def test_trained_functions(gateway: Gateway) -> None:
    assert await value(gateway, "GET", "/trained-functions?count=1") == [SPAM]
    assert await value(gateway, "GET", f"/trained-functions/{SPAM_ID}") == SPAM
    body = {"data": "win money", "labelCount": 2, "capture": False}
    output = await value(gateway, "POST", f"/trained-functions/{SPAM_ID}/invoke", body)
    assert output["labelName"] == "Spam"
    assert [label["labelName"] for label in output["labelConfidences"]] == ["Spam", "Not spam"]
    many = {"inputs": [{"data": "win money"}, {"data": "see you at lunch"}], "capture": False}
    results = await value(gateway, "POST", f"/trained-functions/{SPAM_ID}/invocations", many)
    assert [(result["index"], result["output"]["labelName"]) for result in results] == [(0, "Spam"), (1, "Not spam")]


async def test_what_is_across_all_upstreams(gateway: Gateway) -> None:
    upstreams = await value(gateway, "GET", "/upstreams")
    assert {upstream["name"]: upstream["reachable"] for upstream in upstreams} == {
        "prediction": True,
        "deployment": True,
        "function_admin": True,
        "invoke": True,
    }
    [found, *_] = await value(gateway, "GET", "/search?query=greeting&kinds=PREDICTOR&kinds=DEPLOYMENT")
    assert (found["kind"], found["id"]) == ("PREDICTOR", GREETING)


async def test_the_v1_dialect_of_the_upstream_serves_the_v0_twins(gateway: Gateway, settings: Settings) -> None:
    v1 = replace(settings, prediction=replace(settings.prediction, api="v1"))
    async with serving(v1, gateway.sandbox) as other:
        assert (await call(other, "GET", "/user")).body == YUSUF
        refused = await call(other, "GET", "/predictors")
    assert refused.status == 400
    assert refused.body["error"] == refused.body["errors"][0]["message"]
    assert "v1" in refused.body["error"]
