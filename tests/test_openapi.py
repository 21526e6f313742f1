"""``GET /openapi.json`` describes every twin, in a document that is valid, and that the answers keep to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

import gateway.http.rest.folders
from gateway.http.rest.twin import read_header
from gateway.sandbox.invoke.seed import SPAM_ID
from tests.harness import GREETING, SERVICE, Gateway
from tests.rest import call

FILES = [
    file for file in Path(gateway.http.rest.folders.BUILT_IN).rglob("*.graphql") if file.name != "fragments.graphql"
]


@pytest.fixture
async def document(gateway: Gateway) -> Any:
    answer = await call(gateway, "GET", "/openapi.json", key=None)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    return answer.body


def schema_of(document: Any, method: str, path: str, *, body: bool = False) -> Any:
    """The JSON Schema of an answer, or of a body, with its references."""
    operation = document["paths"][path][method.lower()]
    holder = operation["requestBody"] if body else operation["responses"]["200"]
    return {**holder["content"]["application/json"]["schema"], "components": document["components"]}


def validator(document: Any, method: str, path: str, *, body: bool = False) -> Draft202012Validator:
    return Draft202012Validator(schema_of(document, method, path, body=body))


async def test_the_document_is_valid(document: Any) -> None:
    validate(document)
    assert document["openapi"] == "3.1.1"


async def test_every_twin_is_in_it(document: Any) -> None:
    headers = [read_header(file.read_text()) for file in FILES]
    assert len(headers) >= 30
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert described == {(header.method, header.path) for header in headers}
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)


async def test_every_parameter_and_member_has_a_description(document: Any) -> None:
    seen = 0
    for path, item in document["paths"].items():
        for operation in item.values():
            members = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            described = [*operation.get("parameters", []), *members.get("properties", {}).values()]
            seen += len(described)
            assert [part for part in described if not part.get("description")] == [], path
    assert seen > 60


async def test_a_prediction_as_it_is_described(document: Any) -> None:
    operation = document["paths"]["/predict/{tag}"]["post"]
    assert [(part["in"], part["name"], part["required"]) for part in operation["parameters"]] == [
        ("path", "tag", True),
        ("header", "fxn-client", False),
        ("header", "fxn-configuration-token", False),
        ("query", "dataUrlLimit", False),
        ("query", "rawOutputs", False),
    ]
    body = validator(document, "POST", "/predict/{tag}", body=True)
    assert all(map(body.is_valid, (None, {}, {"name": "Ada"}, {"x": {"type": "int32", "data": "data:,", "shape": []}})))
    assert not body.is_valid(["Ada"])


async def test_bodies_say_what_is_required(document: Any) -> None:
    body = validator(document, "POST", "/environmentVariables", body=True)
    assert body.is_valid({"name": "A", "value": "b", "organization": None, "more": 1})
    assert not body.is_valid({"name": "A"})
    strict = validator(document, "PATCH", "/functions/{id}", body=True)
    assert strict.is_valid({"name": "A"})
    assert not strict.is_valid({"nmae": "A"})
    assert schema_of(document, "POST", "/functions", body=True)["$ref"] == "#/components/schemas/CreateFunctionInput"


async def test_enumerations_and_limits_are_described(document: Any) -> None:
    status = document["components"]["schemas"]["PredictorStatus"]
    assert status["enum"] == ["PROVISIONING", "ACTIVE", "INVALID", "ARCHIVED"]
    assert "- `ARCHIVED`: " in status["description"]
    assert document["components"]["securitySchemes"].keys() == {"bearer", "basic"}


@pytest.mark.parametrize(
    ("method", "template", "path", "body"),
    [
        ("GET", "/user", "/user", None),
        ("GET", "/users/{username}", "/users/fxn", None),
        ("GET", "/users/{username}/predictors", "/users/fxn/predictors", None),
        ("GET", "/users/{username}/environmentVariables", "/users/yusuf/environmentVariables", None),
        ("GET", "/predictors", "/predictors?count=60", None),
        ("GET", "/predictors/{tag}", f"/predictors/{GREETING}", None),
        ("POST", "/predict/{tag}", f"/predict/{GREETING}", {"name": "Ada"}),
        ("POST", "/predict/{tag}", f"/predict/{GREETING}?rawOutputs=true", {"name": "Ada"}),
        ("POST", "/predict/{tag}", "/predict/@fxn/edge", {}),
        ("POST", "/uploadUrls", "/uploadUrls", {"type": "VALUE", "name": "x"}),
        ("GET", "/v1/users", "/v1/users", None),
        ("GET", "/v1/predictors/{tag}", f"/v1/predictors/{GREETING}", None),
        ("POST", "/v1/predictions", "/v1/predictions", {"tag": "@fxn/edge", "configurationId": "x"}),
        ("POST", "/v1/predictions/remote", "/v1/predictions/remote", {"tag": GREETING, "inputs": {"name": "Ada"}}),
        ("POST", "/v1/values", "/v1/values", {"name": "x"}),
        ("GET", "/deployments", "/deployments?count=60", None),
        ("GET", "/deployments/{id}", f"/deployments/{SERVICE}", None),
        ("GET", "/functions", "/functions?count=60", None),
        ("GET", "/functions/{id}", "/functions/my_function", None),
        ("GET", "/trained-functions", "/trained-functions", None),
        ("POST", "/trained-functions/{id}/invoke", f"/trained-functions/{SPAM_ID}/invoke", {"data": "win"}),
        ("GET", "/upstreams", "/upstreams", None),
        ("GET", "/search", "/search?query=greeting", None),
    ],
)
async def test_answers_keep_to_their_schema(
    gateway: Gateway, document: Any, method: str, template: str, path: str, body: Any
) -> None:
    answer = await call(gateway, method, path, body)
    assert answer.status == 200, answer.body
    schema = schema_of(document, method, template)
    assert schema.keys() > {"components"}
    Draft202012Validator(schema).validate(answer.body)


async def test_errors_keep_to_theirs(gateway: Gateway, document: Any) -> None:
    schema = {"$ref": "#/components/schemas/Error", "components": document["components"]}
    for path in ("/nothing", "/deployments?count=x", "/predictors/@fxn/nothing"):
        Draft202012Validator(schema).validate((await call(gateway, "GET", path)).body)


async def test_the_page_to_try_them_is_served_without_a_key(gateway: Gateway) -> None:
    async with gateway.session.get(gateway.url + "/rest") as response:
        assert response.status in (200, 404)  # 404 in a checkout without `make page`
        if response.status == 200:
            assert "script-src 'self';" in response.headers["Content-Security-Policy"]
            assert "<title>fngraph REST</title>" in await response.text()
