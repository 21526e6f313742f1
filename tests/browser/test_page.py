"""The page that a browser gets from GET /graph."""

from __future__ import annotations

from pathlib import Path

import graphql
import pytest

from tests.browser.visiting import ROOT, visited
from tests.harness import Gateway

EXAMPLES = sorted((ROOT / "web/src/examples").glob("*/*.graphql"))
BACKENDS = ("prediction", "deployment", "function_admin", "invoke")


@pytest.mark.slow
async def test_the_page_runs_its_first_query(gateway: Gateway, tmp_path: Path) -> None:
    visit = await visited(gateway, "query", tmp_path)
    assert visit.title == "fngraph"
    assert '"username": "yusuf"' in visit.found
    assert '"errors"' not in visit.found
    assert visit.sockets == []
    assert visit.requests[0] == f"{gateway.url}/graph"
    key = gateway.sandbox.accounts.yusuf_key
    assert list(visit.session_storage.values()) == [key]
    assert "graphiql:queries" in visit.local_storage
    assert key not in str(visit.local_storage)


@pytest.mark.slow
async def test_every_example_runs_with_one_click_and_subscriptions_over_a_socket(
    gateway: Gateway, tmp_path: Path
) -> None:
    visit = await visited(gateway, "examples", tmp_path)
    assert list(visit.found) == [title_of(example) for example in in_menu()]
    assert [title for title, answer in visit.found.items() if '"errors"' in answer] == []
    assert '"stringValue": "Hello, Ada!"' in visit.found["Follow a prediction"]
    assert '"endpointStream": "Done streaming\\n"' in visit.found["Read a stream of an endpoint"]
    assert '"done": 3' in visit.found["Invoke one on many inputs"]
    assert visit.sockets == [gateway.url.replace("http", "ws") + "/graph"] * 3


@pytest.mark.slow
async def test_an_error_is_shown_with_its_code_and_place(gateway: Gateway, tmp_path: Path) -> None:
    visit = await visited(gateway, "error", tmp_path)
    assert '"code": "UNAUTHENTICATED"' in visit.found
    assert '"user"' in visit.found
    assert visit.session_storage == {}


@pytest.mark.slow
async def test_the_plan_is_drawn_before_and_the_times_after_it_ran(gateway: Gateway, tmp_path: Path) -> None:
    found = (await visited(gateway, "views", tmp_path)).found
    assert "Not run yet." in found["before"]
    assert "GET /predictors/{tag}\n1\n" in found["before"]
    assert "5 upstream requests." in found["after"]
    assert "GET /users/{username}\nnot made" in found["after"]
    assert found["requests"] == 5


@pytest.mark.slow
async def test_the_backends_are_shown_live_and_an_example_leads_back(gateway: Gateway, tmp_path: Path) -> None:
    found = (await visited(gateway, "views", tmp_path)).found
    assert len(found["cards"]) == 4
    for name, requests, card in zip(BACKENDS, ("2 requests", *["1 request"] * 3), found["cards"], strict=True):
        assert {name, "reachable", "closed", requests, "0 errors"} <= set(card.splitlines())
    assert found["graphs"] == 12
    assert '"functions"' in found["answer"]
    assert found["hash"] == ""


@pytest.mark.slow
async def test_all_of_it_can_be_reached_without_a_mouse(gateway: Gateway, tmp_path: Path) -> None:
    found = (await visited(gateway, "keyboard", tmp_path)).found
    stops = ["Graph", "Examples", "Docs", "SDL", "REST", "Access key"]
    assert found["stops"] == [{"name": name, "outlined": True} for name in stops]
    assert found["tabs"] == ["tab-backends", "tab-plan", "tab-graph"]
    assert '"data"' in found["ofExample"]
    assert '"__typename": "Query"' in found["ofTyped"]
    assert found["held"] is False


@pytest.mark.slow
async def test_no_view_is_wider_than_a_phone(gateway: Gateway, tmp_path: Path) -> None:
    assert (await visited(gateway, "phone", tmp_path)).found == {"Graph": 390, "Backends": 390, "Plan": 390}


@pytest.mark.slow
async def test_where_the_system_is_dark_the_page_is(gateway: Gateway, tmp_path: Path) -> None:
    found = (await visited(gateway, "dark", tmp_path)).found
    assert max(found["backgrounds"]) < 90
    assert min(found["texts"]) > 180
    assert found["editor"] is True


@pytest.mark.slow
async def test_the_key_is_forgotten_with_the_session(gateway: Gateway, tmp_path: Path) -> None:
    visit = await visited(gateway, "key", tmp_path)
    assert visit.found == {"again": gateway.sandbox.accounts.yusuf_key, "next": ""}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.parent.name}-{example.stem}")
def test_every_example_is_valid_in_the_schema(example: Path) -> None:
    schema = graphql.build_schema((ROOT / "schema.graphql").read_text())
    assert graphql.validate(schema, graphql.parse(example.read_text())) == []
    assert example.read_text().startswith("# ")


def test_each_backend_has_examples_and_there_are_all_kinds() -> None:
    assert {example.parent.name for example in EXAMPLES} == {"all", *BACKENDS}
    kinds = {example.read_text().splitlines()[1].split()[0] for example in EXAMPLES}
    assert kinds == {"query", "mutation", "subscription"}


def title_of(example: Path) -> str:
    return example.read_text().splitlines()[0].removeprefix("# ")


def in_menu() -> list[Path]:
    order = ("all", *BACKENDS)
    return sorted(EXAMPLES, key=lambda example: (order.index(example.parent.name), example.name))
