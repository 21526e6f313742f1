"""Upstream requests are exactly as many as are needed."""

from __future__ import annotations

import json
from pathlib import Path

from gateway.sandbox.faults import Fault
from tests.harness import GREETING, SERVICE, Gateway


async def test_the_same_predictor_under_five_aliases_is_fetched_once(gateway: Gateway) -> None:
    aliases = " ".join(f'p{n}: predictor(input: {{tag: "{GREETING}"}}) {{ name }}' for n in range(5))
    answer = await gateway.post(f"{{ {aliases} }}")
    assert answer.data == {f"p{n}": {"name": "greeting"} for n in range(5)}
    assert gateway.counts == {"prediction": 1}


async def test_the_same_search_twice_is_made_once(gateway: Gateway) -> None:
    answer = await gateway.post(
        '{ a: predictors(input: {query: "greeting", count: 2}) { tag } '
        '  b: predictors(input: {query: "greeting", offset: 0, count: 2}) { tag } }'
    )
    assert answer.data["a"] == answer.data["b"]
    assert gateway.sandbox.prediction.log.lines == ["GET /predictors?query=greeting&offset=0&count=2"]


async def test_fifty_functions_with_valves_and_content_take_two_requests(gateway: Gateway) -> None:
    answer = await gateway.post("{ functions(input: {count: 50}) { id content valves } }")
    assert len(answer.data["functions"]) == 50
    assert all(f["content"] and isinstance(f["valves"], dict) for f in answer.data["functions"])
    assert sorted(gateway.sandbox.function_admin.log.lines) == [
        "GET /api/v1/functions/export?include_valves=true",
        "GET /api/v1/functions/list",
    ]


async def test_content_of_many_functions_is_exported_without_their_valves(gateway: Gateway) -> None:
    await gateway.post("{ functions(input: {count: 3}) { content } }")
    assert sorted(gateway.sandbox.function_admin.log.lines) == [
        "GET /api/v1/functions/export?include_valves=false",
        "GET /api/v1/functions/list",
    ]


async def test_the_valves_of_one_function_are_fetched_alone(gateway: Gateway) -> None:
    await gateway.post('{ function(input: {id: "my_function"}) { content valves } }')
    assert gateway.sandbox.function_admin.log.lines == [
        "GET /api/v1/functions/id/my_function",
        "GET /api/v1/functions/id/my_function/valves",
    ]


async def test_twenty_deployments_with_endpoints_take_one_and_twenty_requests_side_by_side(gateway: Gateway) -> None:
    gateway.sandbox.deployment.faults.set(Fault("slow", delay_s=0.05))
    answer = await gateway.post("{ deployments(input: {count: 20}) { id endpoints { route method streaming } } }")
    assert len(answer.data["deployments"]) == 20
    assert all(isinstance(e["streaming"], bool) for d in answer.data["deployments"] for e in d["endpoints"])
    assert gateway.counts == {"deployment": 21}
    assert gateway.sandbox.deployment.log.peak_in_flight == 10


async def test_a_deployment_by_id_brings_its_endpoints_along(gateway: Gateway) -> None:
    await gateway.post(f'{{ deployment(input: {{id: "{SERVICE}"}}) {{ name endpoints {{ route }} error invokeUrl }} }}')
    assert gateway.counts == {"deployment": 1}


async def test_a_page_of_deployments_between_two_of_the_vendors_pages_takes_both(gateway: Gateway) -> None:
    whole = await gateway.post("{ deployments(input: {count: 30}) { id } }")
    gateway.sandbox.deployment.log.clear()
    part = await gateway.post("{ deployments(input: {offset: 7, count: 5}) { id } }")
    assert part.data["deployments"] == whole.data["deployments"][7:12]
    assert gateway.counts == {"deployment": 2}


async def test_trained_functions_read_no_more_pages_than_they_need(gateway: Gateway) -> None:
    await gateway.post("{ trainedFunctions(input: {count: 3}) { id name } }")
    assert gateway.counts == {"invoke": 1}
    assert [request.path for request in gateway.sandbox.invoke.log] == ["/connect/token", "/v1/functions"]


async def test_the_readmes_query_takes_five_requests(gateway: Gateway, readme_query: str) -> None:
    await gateway.post(readme_query)
    assert gateway.counts == {"prediction": 2, "deployment": 1, "function_admin": 1, "invoke": 1}


async def test_the_readmes_answer_is_what_the_demo_answers(gateway: Gateway, readme_query: str) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    shown = json.loads(readme.split("```json\n")[1].split("```")[0])
    assert (await gateway.post(readme_query)).body == shown
