"""Metrics: who may read them, and what each says after what happened."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import AnswerSettings, Settings, SettingsError, load
from tests.harness import SERVICE, Gateway, serving, with_upstream
from tests.metrics_page import TOKEN, Page, measured, metrics_of
from tests.rest import call
from tests.sockets import connected, eventually, following

ME = "{ user { username } }"
PREDICTORS = "{ predictors(input: {count: 1}) { tag } }"
DOCUMENTED = re.compile(r"^\| `(fngraph_\w+)` \| (\w+) \|(.*)\|.*\|$", re.MULTILINE)


@pytest.fixture
async def gateway(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    kept = AnswerSettings(max_age_s={"Query.predictors": 60})
    async with serving(replace(measured(settings), answers=kept), sandbox) as gateway:
        yield gateway


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}é"])
async def test_only_who_brings_the_token_may_read_them(gateway: Gateway, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    async with gateway.session.get(gateway.url + "/metrics", headers=headers) as response:
        assert (response.status, response.headers["www-authenticate"]) == (401, "Bearer")
        assert "fngraph_" not in await response.text()


async def test_they_can_only_be_read(gateway: Gateway) -> None:
    assert (await call(gateway, "POST", "/metrics", b"", key=TOKEN)).status == 404


async def test_without_the_setting_there_is_no_page(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(settings, sandbox) as gateway:
        assert (await call(gateway, "GET", "/metrics", key=TOKEN)).status == 404


def test_they_need_a_token_that_cannot_be_guessed(tmp_path: Path) -> None:
    for text in ("enabled = true", 'token = "short"', 'token = "sixteen chars ok"'):
        file = tmp_path / "fngraph.toml"
        file.write_text(f"[metrics]\n{text}\n")
        with pytest.raises(SettingsError, match="token") as refused:
            load(file)
        assert "short" not in str(refused.value)


async def test_requests_are_counted_by_kind_and_status(gateway: Gateway) -> None:
    await gateway.post(ME)
    await gateway.post("{ nothing }")
    await call(gateway, "GET", "/users/fxn")
    await call(gateway, "GET", "/users/canary")
    await call(gateway, "GET", "/healthz")
    await call(gateway, "GET", "/openapi.json")
    page = await metrics_of(gateway)
    assert page("http_requests_total", kind="graph", status="200") == 1
    assert page("http_requests_total", kind="graph", status="400") == 1
    assert page("http_requests_total", kind="rest", status="200") == 1
    assert page("http_requests_total", kind="rest", status="404") == 1
    assert page("http_requests_total", kind="probe", status="200") == 1
    assert page("http_requests_total", kind="page", status="200") == 1
    assert page.sum("http_requests_total") == page.sum("http_request_duration_seconds_count") == 6
    assert page("http_requests_in_flight", kind="probe") == 1  # this one
    assert page("http_requests_in_flight", kind="graph") == 0


async def test_operations_are_counted_by_type_and_outcome(gateway: Gateway) -> None:
    await gateway.post(ME)
    await gateway.post('{ user { username } deployment(input: {id: "x/y"}) { id } }')
    await gateway.post('mutation { createEnvironmentVariable(input: {name: "A", value: "b"}) { name } }')
    await gateway.post("{ nothing }")
    await gateway.post("{")
    async with connected(gateway, headers={"Authorization": f"Bearer {gateway.sandbox.accounts.yusuf_key}"}) as socket:
        await socket.init()
        await socket.subscribe("1", following(words=2))
        await socket.until_end("1")
        await socket.subscribe("2", following(words=100))
        await socket.next()
        during = await metrics_of(gateway)
        await socket.send("complete", id="2")
    await eventually(lambda: gateway.sandbox.prediction.log.in_flight == 0)
    page = await metrics_of(gateway)
    assert (during("operations_in_flight", type="subscription"), during("sockets_open")) == (1, 1)
    assert (page("operations_in_flight", type="subscription"), page("sockets_open")) == (0, 0)
    assert {
        (kind, outcome): page("operations_total", type=kind, outcome=outcome)
        for kind, outcome in [
            ("query", "ok"), ("query", "errors"), ("mutation", "ok"), ("none", "refused"),
            ("subscription", "ok"), ("subscription", "cancelled"),
        ]
    } == {
        ("query", "ok"): 1, ("query", "errors"): 1, ("mutation", "ok"): 1, ("none", "refused"): 2,
        ("subscription", "ok"): 1, ("subscription", "cancelled"): 1,
    }  # fmt: skip
    assert page.sum("operations_total") == 7
    assert page("operation_duration_seconds_count", type="query") == 2


async def test_a_retry_is_a_try_and_no_request(gateway: Gateway) -> None:
    gateway.sandbox.prediction.faults.set(Fault("status", status=503, times=1))
    await gateway.post(ME)
    page = await metrics_of(gateway)
    assert page("upstream_requests_total", service="prediction") == 1
    assert page("upstream_tries_total", service="prediction") == 2
    assert page("upstream_request_duration_seconds_count", service="prediction") == 1
    assert page.sum("upstream_errors_total") == 0


async def test_what_fails_at_last_is_counted_by_its_code(settings: Settings, sandbox: Sandbox) -> None:
    short = with_upstream(with_upstream(measured(settings), "invoke", total_timeout_s=0.2), "deployment", max_tries=1)
    async with serving(short, sandbox) as gateway:
        sandbox.prediction.faults.set(Fault("status", status=500))
        sandbox.deployment.faults.set(Fault("reset_in_header"))
        sandbox.invoke.faults.set(Fault("slow", match="^GET", delay_s=2))
        await gateway.post(ME)
        await gateway.post(f'{{ deployment(input: {{id: "{SERVICE}"}}) {{ id }} }}')
        await gateway.post('{ function(input: {id: "none"}) { id } }')
        await gateway.post("{ trainedFunctions { id } }")
        page = await metrics_of(gateway)
    assert page("upstream_errors_total", service="prediction", code="UPSTREAM_UNAVAILABLE") == 1
    assert page("upstream_errors_total", service="deployment", code="UPSTREAM_UNAVAILABLE") == 1
    assert page("upstream_errors_total", service="invoke", code="UPSTREAM_TIMEOUT") == 1
    assert page.sum("upstream_errors_total") == 4  # function_admin refuses the look-up


async def test_the_breaker_shows(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(with_upstream(measured(settings), "prediction", breaker_min_requests=2), sandbox) as gateway:
        before = await metrics_of(gateway)
        sandbox.prediction.faults.set(Fault("status", status=500))
        for _ in range(3):
            await gateway.post(ME)
        page = await metrics_of(gateway)
    assert before("upstream_breaker_state", service="prediction") == 0
    assert page("upstream_breaker_state", service="prediction") == 2
    assert page("upstream_breaker_state", service="deployment") == 0
    assert page("upstream_breakers_open", service="prediction") == 1
    assert page("upstream_requests_total", service="prediction") == 3
    assert page("upstream_tries_total", service="prediction") == 2


async def test_what_is_shared_is_counted_on_both_levels(gateway: Gateway) -> None:
    gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=0.4))
    documents = [ME, ME, ME, "{ user { name } }"]
    posting = [asyncio.create_task(gateway.post(document)) for document in documents]
    await asyncio.sleep(0.2)
    during = await metrics_of(gateway)
    await asyncio.gather(*posting)
    page = await metrics_of(gateway)
    assert gateway.counts == {"prediction": 1}
    assert (page("shared_executions_total"), page("upstream_shared_reads_total", service="prediction")) == (2, 1)
    assert during("operations_in_flight", type="query") == 4
    assert during("upstream_requests_in_flight", service="prediction") == 1
    assert page("operations_in_flight", type="query") == 0
    assert page("upstream_requests_in_flight", service="prediction") == 0


async def test_documents_and_answers_that_are_kept_show(gateway: Gateway) -> None:
    for document in (ME, ME, PREDICTORS, PREDICTORS, PREDICTORS):
        await gateway.post(document)
    page = await metrics_of(gateway)
    assert (page("document_cache_hits_total"), page("document_cache_misses_total")) == (3, 2)
    assert (page("document_cache_entries"), page("document_cache_bytes") > 0) == (2, True)
    assert (page("kept_answers_given_total"), page("kept_answers_entries")) == (2, 1)
    assert page("kept_answers_bytes") > 0


async def test_a_loop_that_is_held_shows_as_lag(gateway: Gateway) -> None:
    time.sleep(0.6)  # noqa: ASYNC251 (the gateway runs in this loop)
    await asyncio.sleep(0.3)
    page = await metrics_of(gateway)
    assert page("event_loop_lag_seconds_count") >= 1
    assert page("event_loop_lag_seconds_sum") > 0.1


async def test_every_metric_of_the_docs_is_emitted_and_the_other_way_round(gateway: Gateway) -> None:
    docs = (Path(__file__).parent.parent / "docs" / "observability.md").read_text()
    rows = {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in DOCUMENTED.findall(docs)}
    assert len(rows) > 20
    gateway.sandbox.prediction.faults.set(Fault("status", status=500))
    await gateway.post(ME)
    await asyncio.sleep(0.3)
    page = await metrics_of(gateway)
    assert rows == {_written(page, name): _told(page, name) for name in page.families}


def _written(page: Page, name: str) -> str:
    return f"{name}_total" if page.families[name].type == "counter" else name


def _told(page: Page, name: str) -> tuple[str, set[str]]:
    """The type of a metric, and the labels that it was emitted with."""
    family = page.families[name]
    assert family.samples, f"{name} has no sample"
    return family.type, {label for sample in family.samples for label in sample.labels} - {"le"}


async def test_labels_stay_few_whatever_callers_send(gateway: Gateway) -> None:
    """The first round may begin series; nothing of the second does."""
    await metrics_of(gateway)
    sizes = []
    for number in (1, 2):
        for path in ("/canary", "/users/", "/graph/", "/page/", "/deployments/"):
            for method in ("GET", "DELETE", "PROPFIND"):
                async with gateway.session.request(method, f"{gateway.url}{path}{number}") as response:
                    assert response.status >= 400
        for document in (f"query Canary{number} {{ user {{ username }} }}", f"{{ canary{number} }}", f"query {number}"):
            await gateway.post(document, key=f"sk-canary-{number}")
        sizes.append(len((await metrics_of(gateway)).samples))
    assert sizes[0] == sizes[1] < 600
