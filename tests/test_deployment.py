"""Deployments: look-ups, lists, calls of endpoints, and what administrators do, each with its exact requests."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.sandbox.deployment.behaviours import EXAMPLE_ID, ODD_NAMES_ID
from gateway.sandbox.deployment.seed import BUILDING_ID, FAILED_ID, NEW_ID, OPEN_ID, STOPPED_ID
from gateway.sandbox.faults import Fault
from gateway.sandbox.server import Received
from tests.harness import Gateway

FUNCTIONS = "/fn/api/v0/functions"
INVOKE = "mutation ($input: InvokeEndpointInput!) { invokeEndpoint(input: $input) }"
LIST = "query ($input: DeploymentsInput!) { deployments(input: $input) { id name status } }"
KEYS = f'{{ deployment(input: {{id: "{EXAMPLE_ID}"}}) {{ inferenceKeys {{ id key createdAt lastUsed }} }} }}'
CREATE_KEY = f'mutation {{ createInferenceKey(input: {{deployment: "{EXAMPLE_ID}"}}) {{ id key createdAt lastUsed }} }}'
DELETE_KEY = f'mutation ($id: ID!) {{ deleteInferenceKey(input: {{deployment: "{EXAMPLE_ID}", id: $id}}) }}'
TEAR_DOWN = f'mutation {{ teardownDeployment(input: {{id: "{EXAMPLE_ID}"}}) {{ status invokeUrl }} }}'


async def invoke(gateway: Gateway, deployment: str, route: str, key: str = "user", **more: Any) -> Any:
    return (await gateway.post(INVOKE, {"input": {"deployment": deployment, "route": route, **more}}, key)).body


def lines(gateway: Gateway) -> list[str]:
    return gateway.sandbox.deployment.log.lines


def last(gateway: Gateway) -> Received:
    return gateway.sandbox.deployment.log.requests[-1]


def key_of(gateway: Gateway, deployment: str = EXAMPLE_ID) -> str:
    """The inference key that the service got last."""
    assert last(gateway).path.startswith(f"/svc/0{deployment}/")
    return last(gateway).headers["x-api-key"]


def code(body: Any) -> str:
    [error] = body["errors"]
    assert error["extensions"]["service"] == "deployment"
    return str(error["extensions"]["code"])


async def test_a_deployment_has_the_parts_of_its_record(gateway: Gateway) -> None:
    answer = await gateway.post(
        f'{{ deployment(input: {{id: "{EXAMPLE_ID}"}}) {{ id name description status tags auth createdAt updatedAt '
        "error stderr endpoints { route method name streaming description } } }",
        key="user",
    )
    deployment = answer.data["deployment"]
    endpoints = deployment.pop("endpoints")
    assert deployment == {
        "id": EXAMPLE_ID, "name": "example_service", "description": "Example service", "status": "ACTIVE",
        "tags": ["demo", "example"], "auth": True, "createdAt": "2024-05-24T09:37:00Z",
        "updatedAt": "2024-05-24T09:37:00Z", "error": None, "stderr": None,
    }  # fmt: skip
    assert endpoints[1] == {
        "route": "/stream", "method": "POST", "name": "stream", "streaming": True, "description": "Streams"
    }  # fmt: skip
    assert lines(gateway) == [f"GET {FUNCTIONS}/{EXAMPLE_ID}"]


async def test_nulls_and_unknown_statuses_of_a_record_are_read(gateway: Gateway) -> None:
    answer = await gateway.post(
        f'{{ building: deployment(input: {{id: "{BUILDING_ID}"}}) {{ status }} '
        f'  new: deployment(input: {{id: "{NEW_ID}"}}) {{ status tags invokeUrl }} '
        f'  failed: deployment(input: {{id: "{FAILED_ID}"}}) {{ status error stderr }} }}'
    )
    assert answer.data["building"] == {"status": "UNKNOWN"}
    assert answer.data["new"] == {"status": "NEW_OBJECT", "tags": [], "invokeUrl": None}
    assert answer.data["failed"]["error"] == "Initializer failed"
    assert answer.data["failed"]["stderr"].endswith("no weights")


async def test_a_list_is_searched_filtered_and_sorted_by_the_vendor(gateway: Gateway) -> None:
    page = {"search": "Service", "status": "INACTIVE", "sort": "TITLE", "direction": "ASC", "offset": 2, "count": 2}
    found = (await gateway.post(LIST, {"input": page}, key="user")).data["deployments"]
    assert [deployment["status"] for deployment in found] == ["INACTIVE"] * 2
    assert [deployment["name"] for deployment in found] == sorted(deployment["name"] for deployment in found)
    assert lines(gateway) == [
        f"GET {FUNCTIONS}?generate_presigned_urls=False&count=2&page=1&direction=ASC&sort=title&search=Service"
        "&status=INACTIVE"
    ]


async def test_a_list_is_the_newest_first_unless_it_is_asked_for_otherwise(gateway: Gateway) -> None:
    nulls = {"search": None, "status": None, "sort": None, "direction": None, "offset": None, "count": None}
    found = (await gateway.post(LIST, {"input": nulls}, key="user")).data["deployments"]
    assert [deployment["id"] for deployment in found[:2]] == [EXAMPLE_ID, ODD_NAMES_ID]
    assert len(found) == 10
    assert lines(gateway) == [
        f"GET {FUNCTIONS}?generate_presigned_urls=False&count=10&page=0&direction=DESC&sort=created_at"
    ]


@pytest.mark.parametrize(
    "page", [{"status": "UNKNOWN"}, {"offset": -1}, {"count": 0}, {"count": 1001}], ids=lambda page: str(page)
)
async def test_a_page_that_cannot_be_is_refused_and_not_asked_for(gateway: Gateway, page: dict[str, Any]) -> None:
    answer = await gateway.post(LIST, {"input": page}, key="user")
    assert answer.body["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert lines(gateway) == []


async def test_an_endpoint_is_called_with_its_arguments_and_the_services_key(gateway: Gateway) -> None:
    body = await invoke(gateway, EXAMPLE_ID, "/hello", arguments={"number": 1867, "message": "Grüße"})
    assert body == {"data": {"invokeEndpoint": "Grüße My favorite number is 1867"}}
    assert lines(gateway) == [f"GET {FUNCTIONS}/{EXAMPLE_ID}", f"POST /svc/0{EXAMPLE_ID}/hello"]
    record, call = gateway.sandbox.deployment.log
    assert record.headers["x-api-key"] == gateway.sandbox.accounts.covalent_account_key
    assert call.body == '{"number":1867,"message":"Grüße"}'.encode()
    assert len(call.headers["x-api-key"]) == 32
    assert "Authorization" not in call.headers


async def test_a_get_endpoint_gets_its_arguments_in_the_body(gateway: Gateway) -> None:
    body = await invoke(gateway, EXAMPLE_ID, "peek", arguments={"a": 1})
    assert body == {"data": {"invokeEndpoint": {"route": "/peek", "args": {"a": 1}}}}
    assert (last(gateway).method, last(gateway).body) == ("GET", b'{"a":1}')


@pytest.mark.parametrize("route", ["/status", "/self", "/method", "/v1/gen-text", "/a-b", "/a_b", "no-slash"])
async def test_routes_and_arguments_that_the_sdk_trips_over_work(gateway: Gateway, route: str) -> None:
    arguments = {"self": 1, "route": 2, "method": 3, "status": 4}
    body = await invoke(gateway, ODD_NAMES_ID, route, arguments=arguments)
    assert body == {"data": {"invokeEndpoint": {"route": route, "args": arguments}}}


async def test_a_route_with_two_methods_is_called_by_the_one_that_is_named(gateway: Gateway) -> None:
    for method in ("GET", "post"):
        await invoke(gateway, ODD_NAMES_ID, "/both", method=method)
        assert last(gateway).method == method.upper()
    gateway.sandbox.deployment.log.clear()
    assert code(await invoke(gateway, ODD_NAMES_ID, "/both")) == "BAD_INPUT"
    assert code(await invoke(gateway, ODD_NAMES_ID, "/both", method="PUT")) == "NOT_FOUND"
    assert lines(gateway) == [f"GET {FUNCTIONS}/{ODD_NAMES_ID}"] * 2


async def test_an_endpoint_that_answers_null_is_null_without_an_error(gateway: Gateway) -> None:
    assert await invoke(gateway, ODD_NAMES_ID, "/nothing") == {"data": {"invokeEndpoint": None}}


async def test_a_service_without_auth_gets_no_key(gateway: Gateway) -> None:
    body = await invoke(gateway, OPEN_ID, "/echo", arguments={"a": [None]})
    assert body == {"data": {"invokeEndpoint": {"route": "/echo", "args": {"a": [None]}}}}
    assert "x-api-key" not in last(gateway).headers


@pytest.mark.parametrize(
    ("deployment", "route", "expected"),
    [
        ("missing", "/hello", "NOT_FOUND"),
        (EXAMPLE_ID, "/missing", "NOT_FOUND"),
        (EXAMPLE_ID, "/hello/../peek", "NOT_FOUND"),
        (EXAMPLE_ID, "", "NOT_FOUND"),
        (EXAMPLE_ID, "/stream", "BAD_INPUT"),
        (NEW_ID, "/echo", "CONFLICT"),
    ],
)
async def test_a_call_that_cannot_be_is_refused_after_a_look_at_the_record(
    gateway: Gateway, deployment: str, route: str, expected: str
) -> None:
    assert code(await invoke(gateway, deployment, route)) == expected
    assert lines(gateway) == [f"GET {FUNCTIONS}/{deployment}"]


@pytest.mark.parametrize(
    ("deployment", "arguments", "expected"),
    [
        (EXAMPLE_ID, {"nobody": 1}, "BAD_INPUT"),
        (STOPPED_ID, {}, "NOT_FOUND"),
    ],
)
async def test_what_a_service_refuses_is_relayed(
    gateway: Gateway, deployment: str, arguments: dict[str, Any], expected: str
) -> None:
    route = "/hello" if deployment == EXAMPLE_ID else "/echo"
    assert code(await invoke(gateway, deployment, route, arguments=arguments)) == expected


async def test_the_traceback_of_an_endpoint_is_not_relayed(gateway: Gateway) -> None:
    body = await invoke(gateway, EXAMPLE_ID, "/boom")
    assert code(body) == "UPSTREAM_UNAVAILABLE"
    assert "boom" not in body["errors"][0]["message"]


async def test_info_is_asked_for_with_the_services_key_and_not_with_the_accounts(gateway: Gateway) -> None:
    answer = await gateway.post(f'{{ deployment(input: {{id: "{EXAMPLE_ID}"}}) {{ info }} }}', key="user")
    assert answer.data["deployment"] == {"info": {"message": "ok"}}
    assert lines(gateway) == [f"GET {FUNCTIONS}/{EXAMPLE_ID}", f"POST /svc/0{EXAMPLE_ID}/info"]
    assert last(gateway).body == b""
    assert key_of(gateway) != gateway.sandbox.accounts.covalent_account_key


async def test_info_that_fails_costs_only_itself(gateway: Gateway) -> None:
    answer = await gateway.post(f'{{ deployment(input: {{id: "{STOPPED_ID}"}}) {{ status info }} }}', key="user")
    assert answer.body["data"] == {"deployment": {"status": "INACTIVE", "info": None}}
    assert answer.errors == [("deployment", "NOT_FOUND", "deployment")]


async def test_a_torn_down_deployment_is_inactive(gateway: Gateway) -> None:
    answer = await gateway.post(TEAR_DOWN)
    assert answer.data["teardownDeployment"]["status"] == "INACTIVE"
    assert lines(gateway) == [f"PUT {FUNCTIONS}/{EXAMPLE_ID}/teardown", f"GET {FUNCTIONS}/{EXAMPLE_ID}"]


async def test_an_inference_key_is_made_shown_once_used_listed_and_deleted(gateway: Gateway) -> None:
    [old] = (await gateway.post(KEYS)).data["deployment"]["inferenceKeys"]
    created = (await gateway.post(CREATE_KEY)).data["createInferenceKey"]
    assert (len(created["key"]), created["lastUsed"]) == (32, None)
    assert (await gateway.post(DELETE_KEY, {"id": old["id"]})).data == {"deleteInferenceKey": True}
    listed = (await gateway.post(KEYS)).data["deployment"]["inferenceKeys"]
    assert listed == [{**created, "key": None}]
    await invoke(gateway, EXAMPLE_ID, "/hello")
    assert key_of(gateway) == created["key"]
    [used] = (await gateway.post(KEYS)).data["deployment"]["inferenceKeys"]
    assert used["lastUsed"] is not None
    assert lines(gateway)[2:4] == [
        f"POST {FUNCTIONS}/{EXAMPLE_ID}/inference-keys",
        f"DELETE {FUNCTIONS}/{EXAMPLE_ID}/inference-keys/{old['id']}",
    ]


async def test_the_key_of_the_record_is_shown_to_administrators(gateway: Gateway) -> None:
    answer = await gateway.post(f'{{ deployment(input: {{id: "{EXAMPLE_ID}"}}) {{ inferenceKey }} }}')
    assert len(gateway.sandbox.deployment.log) == 1
    await invoke(gateway, EXAMPLE_ID, "/hello")
    assert answer.data["deployment"]["inferenceKey"] == key_of(gateway)


async def test_the_keys_of_ten_deployments_take_eleven_requests(gateway: Gateway) -> None:
    answer = await gateway.post("{ deployments { inferenceKeys { id } } }")
    assert sum(len(deployment["inferenceKeys"]) for deployment in answer.data["deployments"]) == 9
    assert gateway.counts == {"deployment": 11}


@pytest.mark.parametrize("mutation", [TEAR_DOWN, CREATE_KEY, DELETE_KEY], ids=["teardown", "create", "delete"])
async def test_what_is_not_there_is_not_found(gateway: Gateway, mutation: str) -> None:
    answer = await gateway.post(mutation.replace(EXAMPLE_ID, "missing"), {"id": "1"})
    assert [code for _, code, _ in answer.errors] == ["NOT_FOUND"]
    assert len(gateway.sandbox.deployment.log) == 1


@pytest.mark.parametrize("mutation", [TEAR_DOWN, CREATE_KEY, DELETE_KEY], ids=["teardown", "create", "delete"])
@pytest.mark.parametrize(("key", "expected"), [("user", "FORBIDDEN"), (None, "UNAUTHENTICATED")])
async def test_only_administrators_change_a_deployment(
    gateway: Gateway, mutation: str, key: str | None, expected: str
) -> None:
    answer = await gateway.post(mutation, {"id": "1"}, key)
    assert [code for _, code, _ in answer.errors] == [expected]
    assert gateway.counts == {}


async def test_keys_are_hidden_from_users(gateway: Gateway) -> None:
    answer = await gateway.post(
        f'{{ deployment(input: {{id: "{EXAMPLE_ID}"}}) {{ name inferenceKey inferenceKeys {{ id key }} }} }}',
        key="user",
    )
    assert answer.body["data"]["deployment"] == {"name": "example_service", "inferenceKey": None, "inferenceKeys": None}
    assert [error["extensions"]["code"] for error in answer.body["errors"]] == ["FORBIDDEN"] * 2
    assert lines(gateway) == [f"GET {FUNCTIONS}/{EXAMPLE_ID}"]


async def test_an_anonymous_caller_reaches_neither_records_nor_services(gateway: Gateway) -> None:
    answer = await gateway.post(INVOKE, {"input": {"deployment": EXAMPLE_ID, "route": "/hello"}}, key=None)
    assert [code for _, code, _ in answer.errors] == ["UNAUTHENTICATED"]
    assert gateway.counts == {}


@pytest.mark.parametrize("kind", ["html", "bad_json", "half_a_body", "reset_in_body", "huge"])
async def test_an_answer_that_is_not_json_is_invalid(gateway: Gateway, kind: str) -> None:
    gateway.sandbox.deployment.faults.set(Fault(kind, match="/hello"))
    assert code(await invoke(gateway, EXAMPLE_ID, "/hello")) == "UPSTREAM_INVALID"
    assert len(gateway.sandbox.deployment.log) == 2
