"""An id never changes the path that an upstream sees."""

from __future__ import annotations

import pytest

from tests.harness import Gateway

HOSTILE = ["x?include_valves=true", "x#y", "%2e%2e", "a\\b", "ünï çødé", "a b", "\n"]
LOOKUPS = {
    "deployment": ("deployment", "GET /fn/api/v0/functions/"),
    "function": ("function_admin", "GET /api/v1/functions/id/"),
    "trainedFunction": ("invoke", "GET /v1/functions/"),
}


@pytest.mark.parametrize("field", LOOKUPS)
async def test_a_hostile_id_stays_one_segment(gateway: Gateway, field: str) -> None:
    service, prefix = LOOKUPS[field]
    for value in HOSTILE:
        gateway.sandbox.servers[service].log.clear()
        await gateway.post(f"query ($id: ID!) {{ {field}(input: {{id: $id}}) {{ id }} }}", {"id": value})
        lines = [line for line in gateway.sandbox.servers[service].log.lines if "/connect/token" not in line]
        assert len(lines) == 1
        assert lines[0].startswith(prefix)
        assert not set(lines[0].removeprefix(prefix)) & set("/?#\\ ")


@pytest.mark.parametrize("field", LOOKUPS)
@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "../list", "my_function/valves", "/"])
async def test_an_id_that_is_no_segment_is_refused_without_a_request(gateway: Gateway, field: str, value: str) -> None:
    answer = await gateway.post(f"query ($id: ID!) {{ {field}(input: {{id: $id}}) {{ id }} }}", {"id": value})
    assert answer.errors == [(field, "BAD_INPUT", None)]
    assert gateway.counts == {}


@pytest.mark.parametrize("tag", ["fxn/greeting", "@fxn", "@fxn/a/b", "@../user", "@fxn/..", "@FXN/greeting", "@a/b?c"])
async def test_a_tag_that_is_not_one_is_refused_without_a_request(gateway: Gateway, tag: str) -> None:
    answer = await gateway.post("query ($t: Tag!) { predictor(input: {tag: $t}) { tag } }", {"t": tag})
    assert answer.status == 400
    assert gateway.counts == {}
