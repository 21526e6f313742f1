"""The edge cases that the SDK covalent-cloud 1.4.4 was put to: what breaks it, the stand-in does not answer unasked.

Most cases are a record that the SDK takes or refuses; ``Deployment`` must take and refuse the same ones.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.sandbox.deployment.behaviours import EXAMPLE_ID, ODD_NAMES_ID
from gateway.sandbox.deployment.seed import BUILDING_ID, FAILED_ID
from gateway.sandbox.faults import Fault
from tests.sandbox.covalent_shapes import Deployment
from tests.sandbox.deployment_api import ACCOUNT_KEY, Api, running
from tests.sandbox.recordings import RECORDED

EDGE_CASES = {
    case["case"]: case["outcome"] for case in json.loads((RECORDED / "edge-covalent.json").read_text())["cases"]
}
Change = Callable[[dict[str, Any]], Any]

CHANGES: dict[str, Change] = {
    "description null": lambda record: record.update(description=None),
    "status BUILDING (unknown)": lambda record: record.update(status="BUILDING"),
    "status ERROR + error + stderr": lambda record: record.update(status="ERROR", error="boom", stderr="Traceback"),
    "tags null": lambda record: record.update(tags=None),
    "tags missing": lambda record: record.pop("tags"),
    "auth missing": lambda record: record.pop("auth"),
    "auth null": lambda record: record.update(auth=None),
    "invoke_url missing": lambda record: record.pop("invoke_url"),
    "inference_keys missing": lambda record: record.pop("inference_keys"),
    "inference_keys [{}]": lambda record: record.update(inference_keys=[{}]),
    "endpoint description null": lambda record: record["endpoints"][0].update(description=None),
    "endpoint description absent": lambda record: record["endpoints"][0].pop("description"),
    "endpoint streaming missing": lambda record: record["endpoints"][0].pop("streaming"),
    "endpoint method lower-case": lambda record: record["endpoints"][0].update(method="post"),
}

SERVED: dict[str, list[tuple[str, str]]] = {
    "route without leading slash": [("POST", "/no-slash")],
    "nested route /v1/gen-text": [("POST", "/v1/gen-text")],
    "collision: route /status": [("POST", "/status")],
    "same route, GET and POST": [("GET", "/both"), ("POST", "/both")],
    "routes /a-b and /a_b": [("POST", "/a-b"), ("POST", "/a_b")],
    "null body": [("POST", "/nothing")],
}

REQUESTED: dict[str, tuple[str, int]] = {
    "id with slash is not escaped": ("/fn/api/v0/functions/a/b%3Fc=d", 404),
    "empty id": ("/fn/api/v0/functions/", 404),
    "get_deployment(id, wait=True) on status ERROR returns": (f"/fn/api/v0/functions/{FAILED_ID}", 200),
    "wait=-1": (f"/fn/api/v0/functions/{EXAMPLE_ID}", 200),
}

DETAIL = {"detail": "sandbox fault"}
FAULTS: dict[str, tuple[Fault, int, Any]] = {
    "plain text body from non-streaming endpoint": (Fault("html"), 200, None),
    "301 redirect-less 429": (Fault("status", status=429), 429, DETAIL),
    "403 on get_deployment": (Fault("status", status=403), 403, DETAIL),
}

EDGE_CASES_LEFT_OUT = {
    "collision: route /info and /teardown": "POST /info of a service is the SDK's own call and takes the account key",
    "invoke_url with trailing slash": "the stand-in's addresses have none",
    "empty 200 body": "no endpoint answers without a body, and there is no such fault",
    "503 html": "the html fault answers 200, which a client must catch as well",
}


def test_every_edge_case_is_looked_at_or_has_a_reason_not_to_be() -> None:
    assert len(EDGE_CASES) == 31
    assert sorted(EDGE_CASES) == sorted([*CHANGES, *SERVED, *REQUESTED, *FAULTS, *EDGE_CASES_LEFT_OUT])


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path, rows=20) as api:
        yield api


@pytest.mark.parametrize("case", CHANGES)
async def test_a_record_is_refused_here_exactly_when_the_sdk_refuses_it(api: Api, case: str) -> None:
    record = await api.record(EXAMPLE_ID)
    CHANGES[case](record)
    assert is_taken(record) is not EDGE_CASES[case].startswith("RAISES")


async def test_the_sdk_takes_every_record_but_the_one_of_an_unknown_status(api: Api) -> None:
    rows = (await api.manage("GET", "?count=100"))[1]["records"]
    refused = [row["id"] for row in rows if not is_taken(await api.record(row["id"]))]
    assert (len(rows), refused) == (28, [BUILDING_ID])


@pytest.mark.parametrize("case", SERVED)
async def test_a_route_that_the_sdk_trips_over_is_served(api: Api, case: str) -> None:
    odd_names = await api.record(ODD_NAMES_ID)
    for method, route in SERVED[case]:
        assert (await api.call(odd_names, method, route))[0] == 200


@pytest.mark.parametrize("case", REQUESTED)
async def test_an_address_of_the_sdk_has_the_status_it_would_meet(api: Api, case: str) -> None:
    path, status = REQUESTED[case]
    assert (await api.request("GET", api.server.url + path, ACCOUNT_KEY))[0] == status


@pytest.mark.parametrize("case", FAULTS)
async def test_a_bad_answer_of_an_edge_case_can_be_switched_on(api: Api, case: str) -> None:
    fault, status, body = FAULTS[case]
    example = await api.record(EXAMPLE_ID)
    api.server.faults.set(fault)
    assert await api.call(example, "POST", "/hello") == (status, body)


def is_taken(record: dict[str, Any]) -> bool:
    try:
        msgspec.convert(record, Deployment)
    except msgspec.ValidationError:
        return False
    return True
