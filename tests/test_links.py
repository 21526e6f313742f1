"""An operator's links lead from each backend to the others."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.sandbox.invoke.seed import SENTIMENT_ID
from gateway.sandbox.running import Sandbox
from gateway.settings import LinkSettings, Settings
from tests.harness import GREETING, SERVICE, Gateway, serving

LINK = LinkSettings(predictor=GREETING, deployment=SERVICE, function="my_function", trained_function=SENTIMENT_ID)
FROM = {
    "predictor": GREETING,
    "deployment": SERVICE,
    "function": "my_function",
    "trainedFunction": SENTIMENT_ID,
}
KEYS = {"predictor": "tag", "deployment": "id", "function": "id", "trainedFunction": "id"}


@pytest.mark.parametrize("start", FROM)
async def test_each_backend_leads_to_the_three_others(sandbox: Sandbox, settings: Settings, start: str) -> None:
    others = [kind for kind in FROM if kind != start]
    fields = " ".join(f"{kind} {{ {KEYS[kind]} }}" for kind in others)
    async with serving(replace(settings, links=[LINK]), sandbox) as gateway:
        answer = await gateway.post(f'{{ {start}(input: {{{KEYS[start]}: "{FROM[start]}"}}) {{ {fields} }} }}')
    assert answer.data[start] == {kind: {KEYS[kind]: FROM[kind]} for kind in others}
    assert gateway.counts == {"prediction": 1, "deployment": 1, "function_admin": 1, "invoke": 1}


async def test_the_links_of_a_list_are_fetched_once_for_all_its_rows(sandbox: Sandbox, settings: Settings) -> None:
    async with serving(replace(settings, links=[LINK]), sandbox) as gateway:
        answer = await gateway.post("{ predictors(input: {count: 20}) { tag deployment { id } } }")
    linked = {row["tag"]: row["deployment"] for row in answer.data["predictors"]}
    assert len(linked) == 20
    assert {tag for tag, deployment in linked.items() if deployment} == {GREETING}
    assert gateway.counts == {"prediction": 1, "deployment": 1}


async def test_what_is_not_linked_leads_nowhere_and_asks_nobody(gateway: Gateway) -> None:
    answer = await gateway.post(f'{{ predictor(input: {{tag: "{GREETING}"}}) {{ deployment {{ id }} }} }}')
    assert answer.data == {"predictor": {"deployment": None}}
    assert gateway.counts == {"prediction": 1}
