"""``extensions.plan``: how an operation is executed, what it asked of the upstreams and when, for who may know."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.sandbox.deployment.behaviours import EXAMPLE_ID
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import Answer, Gateway, serving

LISTED = "{ deployments(input: {count: 2}) { id endpoints { route } } }"
MANY = ["GET /fn/api/v0/functions", "GET /fn/api/v0/functions/{id}", "GET /fn/api/v0/functions/{id}"]


@pytest.fixture
async def hardened(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    async with serving(replace(settings, environment="production"), sandbox) as gateway:
        yield gateway


async def planned(gateway: Gateway, document: str, plan: Any = True, key: str | None = "admin", **more: Any) -> Answer:
    body = {"query": document, "extensions": {"plan": plan}, **more}
    keys = {"admin": gateway.sandbox.accounts.yusuf_key, "user": gateway.sandbox.accounts.ada_key}
    headers = {"Authorization": f"Bearer {keys[key]}"} if key else {}
    async with gateway.session.post(gateway.url + "/graph", json=body, headers=headers) as response:
        return Answer(response.status, {}, await response.json())


async def test_an_answer_has_the_plan_and_what_was_asked_when(gateway: Gateway) -> None:
    answer = await planned(gateway, LISTED)
    plan = answer.body["extensions"]["plan"]
    assert len(answer.data["deployments"]) == 2
    assert (plan["operation"], plan["cost"]) == (
        "query",
        (await planned(gateway, LISTED, "only")).body["extensions"]["plan"]["cost"],
    )
    assert [(made["upstream"], made["request"], made["status"]) for made in plan["requests"]] == [
        ("deployment", request, 200) for request in MANY
    ]
    first, *others = plan["requests"]
    assert all(0 < first["start"] < first["start"] + first["duration"] <= other["start"] for other in others)
    assert max(made["start"] + made["duration"] for made in plan["requests"]) <= plan["duration"]


async def test_the_example_of_the_documentation_is_what_comes(gateway: Gateway) -> None:
    example = (Path(__file__).parents[1] / "docs/page.md").read_text().split("## Plans")[1]
    request = json.loads(example.split("-d '")[1].split("'\n")[0])
    shown = json.loads(example.split("```json")[1].split("```")[0])
    found = (await planned(gateway, request["query"])).body
    for body in (shown, found):
        plan = body["extensions"]["plan"]
        for timed in (plan, *plan["requests"]):
            assert timed.pop("duration") > 0
            timed.pop("start", None)
    assert found == shown


async def test_the_tree_has_levels_fields_and_what_each_declares(gateway: Gateway) -> None:
    root = (await planned(gateway, LISTED, "only")).body["extensions"]["plan"]["root"]
    assert root == {
        "inPlace": [],
        "fields": [{
            "key": "deployments",
            "type": "[Deployment!]",
            "source": "async resolver, each row",
            "requests": [{"upstream": "deployment", "request": MANY[0], "often": "1 per page"}],
            "below": [{
                "inPlace": ["id"],
                "fields": [{
                    "key": "endpoints",
                    "type": "[Endpoint!]",
                    "source": "one call for all rows: endpoints",
                    "requests": [{
                        "upstream": "deployment",
                        "request": MANY[1],
                        "often": "1 per deployment, for those of a list",
                    }],
                    "below": [{"inPlace": ["route"], "fields": []}],
                }],
            }],
        }],
    }  # fmt: skip


async def test_types_that_rows_may_have_are_levels_with_a_condition(gateway: Gateway) -> None:
    document = '{ search(input: {query: "a"}) { item { ... on Function { name } ... on Deployment { name status } } } }'
    root = (await planned(gateway, document, "only")).body["extensions"]["plan"]["root"]
    [below] = root["fields"][0]["below"]
    levels = {level["condition"]: level["inPlace"] for level in below["fields"][0]["below"]}
    assert levels["Deployment"] == ["name", "status"]
    assert levels["Function"] == ["name"]


async def test_a_plan_alone_runs_nothing(gateway: Gateway) -> None:
    mutation = f'mutation {{ createInferenceKey(input: {{deployment: "{EXAMPLE_ID}"}}) {{ key }} }}'
    answer = await planned(gateway, mutation, "only")
    assert (answer.status, answer.data) == (200, None)
    assert answer.body["extensions"]["plan"].keys() == {"operation", "cost", "root"}
    assert gateway.counts == {}


async def test_of_a_request_only_its_declared_path_is_shown(gateway: Gateway) -> None:
    key = "key-that-nobody-may-see"
    mutation = f'mutation {{ deleteInferenceKey(input: {{deployment: "{EXAMPLE_ID}", id: "{key}"}}) }}'
    plan = (await planned(gateway, mutation)).body["extensions"]["plan"]
    assert [made["request"] for made in plan["requests"]] == ["DELETE /fn/api/v0/functions/{id}/inference-keys/{key}"]
    assert key not in str(plan)
    given = f'{{deployment: "{EXAMPLE_ID}", route: "/hello", arguments: {{number: 1}}}}'
    call = f"mutation {{ invokeEndpoint(input: {given}) }}"
    plan = (await planned(gateway, call)).body["extensions"]["plan"]
    assert [made["request"] for made in plan["requests"]] == [MANY[1], "{method} {invokeUrl}{route}"]


async def test_pages_of_a_list_are_told_by_the_same_path(gateway: Gateway) -> None:
    plan = (await planned(gateway, '{ search(input: {query: "text", count: 5}) { id } }')).body["extensions"]["plan"]
    assert {(made["upstream"], made["request"]) for made in plan["requests"]} == {
        ("prediction", "GET /predictors"),
        ("deployment", MANY[0]),
        ("function_admin", "GET /api/v1/functions/list"),
        ("invoke", "GET /v1/functions"),
    }


async def test_what_fails_is_in_it_and_what_was_never_sent_is_not(gateway: Gateway) -> None:
    missing = await planned(gateway, '{ predictor(input: {tag: "@fxn/nothing"}) { tag } }')
    [made] = missing.body["extensions"]["plan"]["requests"]
    assert (made["request"], made["status"]) == ("GET /predictors/{tag}", 404)
    refused = await planned(gateway, LISTED, key=None)
    assert refused.errors == [("deployments", "UNAUTHENTICATED", "deployment")]
    assert refused.body["extensions"]["plan"]["requests"] == []


async def test_introspection_has_no_plan(gateway: Gateway) -> None:
    plan = (await planned(gateway, "{ __schema { queryType { name } } }")).body["extensions"]["plan"]
    assert (plan["root"], plan["requests"]) == (None, [])


async def test_who_does_not_ask_gets_none(gateway: Gateway) -> None:
    assert "extensions" not in (await gateway.post(LISTED)).body
    for nothing in (False, None, 0, ""):
        assert "extensions" not in (await planned(gateway, LISTED, nothing)).body


async def test_in_production_it_is_for_administrators(hardened: Gateway) -> None:
    assert "plan" in (await planned(hardened, LISTED)).body["extensions"]
    answer = await planned(hardened, LISTED, key="user")
    assert answer.body.keys() == {"data"}
    assert "extensions" not in (await planned(hardened, "{ __typename }", key=None)).body


@pytest.mark.parametrize("key", ["user", None])
async def test_in_production_nobody_else_gets_the_plan_alone_and_nothing_is_asked(
    hardened: Gateway, key: str | None
) -> None:
    refused = await planned(hardened, LISTED, "only", key)
    assert (refused.status, refused.body.keys()) == (403, {"errors"})
    assert refused.body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert hardened.counts == {}
