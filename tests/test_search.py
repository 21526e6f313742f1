"""One search over the four backends."""

from __future__ import annotations

from gateway.sandbox.faults import Fault
from tests.harness import Gateway

SEARCH = """query ($input: SearchInput!) {
  search(input: $input) {
    kind score id name
    item { __typename ... on Predictor { tag } ... on Deployment { status } ... on Function { isActive }
           ... on TrainedFunction { output } }
  }
}"""


async def test_a_search_asks_each_backend_once_and_ranks_what_fits(gateway: Gateway) -> None:
    answer = await gateway.post(SEARCH, {"input": {"query": "greeting", "count": 5}})
    best = answer.data["search"][0]
    assert best == {
        "kind": "PREDICTOR",
        "score": 1.0,
        "id": "@fxn/greeting",
        "name": "greeting",
        "item": {"__typename": "Predictor", "tag": "@fxn/greeting"},
    }
    scores = [hit["score"] for hit in answer.data["search"]]
    assert scores == sorted(scores, reverse=True)
    assert gateway.counts == {"prediction": 1, "deployment": 1, "function_admin": 1, "invoke": 1}


async def test_a_search_finds_things_of_every_kind(gateway: Gateway) -> None:
    for text, kind in (
        ("example_service", "Deployment"), ("my_function", "Function"), ("sentiment", "TrainedFunction"),
    ):  # fmt: skip
        answer = await gateway.post(SEARCH, {"input": {"query": text, "count": 1}})
        assert answer.data["search"][0]["item"]["__typename"] == kind


async def test_kinds_that_are_not_asked_for_are_not_searched(gateway: Gateway) -> None:
    await gateway.post(SEARCH, {"input": {"query": "a", "kinds": ["PREDICTOR", "FUNCTION", "PREDICTOR"]}})
    assert gateway.counts == {"prediction": 1, "function_admin": 1}


async def test_a_backend_that_fails_costs_a_null_at_the_end_and_its_own_error(gateway: Gateway) -> None:
    gateway.sandbox.deployment.faults.set(Fault("status", status=500))
    answer = await gateway.post(SEARCH, {"input": {"query": "greeting", "count": 1}})
    assert [hit and hit["id"] for hit in answer.body["data"]["search"]] == ["@fxn/greeting", None]
    [error] = answer.body["errors"]
    assert error["path"] == ["search", 1]
    assert (error["extensions"]["code"], error["extensions"]["service"]) == ("UPSTREAM_UNAVAILABLE", "deployment")


async def test_a_search_for_nothing_or_too_much_is_refused(gateway: Gateway) -> None:
    for refused in ({"query": " "}, {"query": "x" * 201}, {"query": "x", "count": 0}, {"query": "x", "count": 101}):
        answer = await gateway.post(SEARCH, {"input": refused})
        assert answer.errors == [("search", "BAD_INPUT", None)]
    assert gateway.counts == {}


async def test_the_upstreams_state_is_asked_once_a_second_at_the_most(gateway: Gateway) -> None:
    document = "{ upstreams { name reachable code latency } }"
    first, second = await gateway.post(document), await gateway.post(document, key=None)
    assert first.data == second.data
    assert [(state["name"], state["reachable"]) for state in first.data["upstreams"]] == [
        ("prediction", True), ("deployment", True), ("function_admin", True), ("invoke", True),
    ]  # fmt: skip
    assert gateway.counts == {"prediction": 1, "deployment": 1, "function_admin": 1, "invoke": 1}
