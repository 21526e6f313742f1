"""The deployment stand-in: the management API and the services it manages, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.deployment.behaviours import EXAMPLE_ID, ODD_NAMES_ID
from gateway.sandbox.deployment.seed import BUILDING_ID, FAILED_ID, NEW_ID, OPEN_ID, STARTING_ID, STOPPED_ID
from tests.sandbox.deployment_api import ACCOUNT_KEY, Api, running, sent_chunks

NAMED = 8
NOT_FOUND = {"detail": "Function not found", "code": "function/not-found"}


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path) as api:
        yield api


@pytest.fixture
async def example(api: Api) -> dict[str, Any]:
    return await api.record(EXAMPLE_ID)


@pytest.mark.parametrize("key", [None, "", "wrong", "ключ"])
async def test_the_management_api_refuses_every_key_but_the_accounts(api: Api, key: str | None) -> None:
    refusal = {"detail": "Unauthorized", "code": "auth/unauthorized"}
    for method, path in [
        ("GET", ""),
        ("GET", f"/{EXAMPLE_ID}"),
        ("PUT", f"/{EXAMPLE_ID}/teardown"),
        ("GET", f"/{EXAMPLE_ID}/inference-keys"),
        ("POST", f"/{EXAMPLE_ID}/inference-keys"),
        ("DELETE", f"/{EXAMPLE_ID}/inference-keys/1"),
    ]:
        assert await api.manage(method, path, key) == (401, refusal)
    assert (await api.record(EXAMPLE_ID))["status"] == "ACTIVE"


async def test_an_inference_key_is_no_account_key(api: Api, example: dict[str, Any]) -> None:
    assert (await api.manage("GET", "", example["inference_keys"][0]["key"]))[0] == 401


async def test_a_list_shows_the_ten_newest_without_streaming_and_keys(tmp_path: Path) -> None:
    async with running(tmp_path, rows=300) as api:
        status, answer = await api.manage("GET")
    assert (status, answer["metadata"]) == (
        200,
        {"total_count": 300 + NAMED, "page": 0, "count": 10, "has_next_page": True},
    )
    first = answer["records"][0]
    assert (first["id"], first["tags"]) == (EXAMPLE_ID, ["demo", "example"])
    assert set(first) == {
        "id", "title", "description", "status", "created_at", "updated_at", "auth", "tags", "endpoints"
    }  # fmt: skip
    assert first["endpoints"][1] == {"name": "stream", "method": "POST", "route": "/stream", "description": "Streams"}


async def test_pages_count_from_zero_and_hold_each_function_once(tmp_path: Path) -> None:
    async with running(tmp_path, rows=300) as api:
        pages = [(await api.manage("GET", f"?count=100&page={page}"))[1] for page in range(5)]
        assert len(api.server.log) == 5
    assert [page["metadata"]["count"] for page in pages] == [100, 100, 100, 8, 0]
    assert [page["metadata"]["has_next_page"] for page in pages] == [True, True, True, False, False]
    assert len({record["id"] for page in pages for record in page["records"]}) == 308


async def test_a_list_can_be_searched_filtered_and_sorted(api: Api) -> None:
    async def titles(query: str) -> list[str]:
        return [record["title"] for record in (await api.manage("GET", query))[1]["records"]]

    assert await titles("?search=EXAMPLE") == ["example_service"]
    assert await titles("?search=inference%20key") == ["open_service"]
    assert await titles("?status=BUILDING") == ["building_service"]
    assert await titles("?status=ACTIVE&sort=title&direction=ASC") == [
        "example_service",
        "odd_names_service",
        "open_service",
    ]
    assert (await titles("?sort=created_at&direction=ASC"))[0] == "building_service"


@pytest.mark.parametrize("query", ["count=0", "count=x", "page=-1", "sort=color", "direction=up"])
async def test_a_bad_list_query_is_refused_by_name(api: Api, query: str) -> None:
    status, answer = await api.manage("GET", f"?{query}")
    assert (status, answer["code"]) == (422, "function/invalid-query")
    assert answer["detail"].startswith(query.split("=")[0] + ":")


@pytest.mark.parametrize("path", ["/663accb6f7d37dbf2a4687b8", "/slow"])
async def test_an_unknown_function_is_not_found(api: Api, path: str) -> None:
    assert await api.manage("GET", path) == (404, NOT_FOUND)
    assert await api.manage("PUT", path + "/teardown") == (404, NOT_FOUND)


async def test_each_status_has_a_service_and_only_those_that_ran_have_an_address(api: Api) -> None:
    expected = {
        EXAMPLE_ID: ("ACTIVE", True),
        OPEN_ID: ("ACTIVE", True),
        STARTING_ID: ("CREATING", False),
        NEW_ID: ("NEW_OBJECT", False),
        FAILED_ID: ("ERROR", False),
        STOPPED_ID: ("INACTIVE", True),
        BUILDING_ID: ("BUILDING", False),
    }
    for function_id, (status, has_address) in expected.items():
        record = await api.record(function_id)
        assert (record["status"], record["invoke_url"] is not None) == (status, has_address)
        if has_address:
            assert record["invoke_url"] == f"{api.server.url}/svc/0{function_id}"


async def test_a_failed_service_says_why(api: Api) -> None:
    failed = await api.record(FAILED_ID)
    assert (failed["error"], failed["stderr"].splitlines()[-1]) == ("Initializer failed", "ValueError: no weights")


async def test_a_starting_service_gets_its_address_a_while_after_its_first_read(tmp_path: Path) -> None:
    async with running(tmp_path, creating_s=0.2) as api:
        await asyncio.sleep(0.25)
        rows = (await api.manage("GET", "?status=CREATING"))[1]["records"]
        assert [row["id"] for row in rows] == [STARTING_ID]
        starting = await api.record(STARTING_ID)
        assert (starting["status"], starting["invoke_url"]) == ("CREATING", None)
        await asyncio.sleep(0.25)
        ready = await api.record(STARTING_ID)
        assert ready["status"] == "ACTIVE"
        assert await api.call(ready, "POST", "/echo", b'{"a": 1}') == (200, {"route": "/echo", "args": {"a": 1}})


async def test_an_endpoint_has_defaults_that_a_keyword_argument_overrides(api: Api, example: dict[str, Any]) -> None:
    for body, answer in [
        (b"{}", "Hello, world! My favorite number is 42"),
        (b"", "Hello, world! My favorite number is 42"),
        (b'{"number": 1867, "message": "Hi."}', "Hi. My favorite number is 1867"),
    ]:
        assert await api.call(example, "POST", "/hello", body) == (200, answer)


async def test_arguments_are_a_json_object_whatever_the_content_type_and_method(
    api: Api, example: dict[str, Any]
) -> None:
    async with api.session.post(
        example["invoke_url"] + "/custom-endpoint",
        data=b'{"a": [1, null]}',
        headers={
            "x-api-key": example["inference_keys"][0]["key"],
            "Content-Type": "application/x-www-form-urlencoded",
        },
    ) as answer:
        assert await answer.json() == {"route": "/custom-endpoint", "args": {"a": [1, None]}}
    assert await api.call(example, "GET", "/peek", b'{"a": 1}') == (200, {"route": "/peek", "args": {"a": 1}})


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"a=1", "The body is not JSON"),
        (b"[1]", "The body must be a JSON object of keyword arguments"),
        (b'{"color": 1}', "got an unexpected keyword argument 'color'"),
    ],
)
async def test_arguments_that_do_not_fit_are_refused(
    api: Api, example: dict[str, Any], body: bytes, detail: str
) -> None:
    assert await api.call(example, "POST", "/hello", body) == (422, {"detail": detail})


async def test_arguments_may_have_the_names_that_the_vendors_client_cannot_send(api: Api) -> None:
    odd_names = await api.record(ODD_NAMES_ID)
    for name in ("status", "self", "method"):
        body = f'{{"{name}": 1, "route": "r", "endpoint": "e"}}'.encode()
        echoed = {"route": f"/{name}", "args": {name: 1, "route": "r", "endpoint": "e"}}
        assert await api.call(odd_names, "POST", f"/{name}", body) == (200, echoed)


async def test_an_endpoint_may_answer_null(api: Api) -> None:
    assert await api.call(await api.record(ODD_NAMES_ID), "POST", "/nothing") == (200, None)


async def test_a_failing_endpoint_answers_500_with_a_traceback(api: Api, example: dict[str, Any]) -> None:
    traceback = "Traceback (most recent call last):\nValueError: boom\n"
    assert await api.call(example, "POST", "/boom") == (500, {"detail": traceback})


async def test_an_unknown_route_is_404_and_a_wrong_method_405(api: Api, example: dict[str, Any]) -> None:
    assert await api.call(example, "POST", "/nope") == (404, {"detail": "Not Found"})
    assert await api.call(example, "GET", "/hello") == (405, {"detail": "Method Not Allowed"})


async def test_a_service_takes_its_own_keys_and_no_other(api: Api, example: dict[str, Any]) -> None:
    other = (await api.record(ODD_NAMES_ID))["inference_keys"][0]["key"]
    for key in (None, "nope", ACCOUNT_KEY, other):
        answer = await api.request("POST", example["invoke_url"] + "/hello", key, b"{}")
        assert answer == (401, {"detail": "Unauthorized"})


async def test_an_open_service_has_no_key_and_needs_none(api: Api) -> None:
    record = await api.record(OPEN_ID)
    assert (record["auth"], record["inference_keys"]) == (False, [])
    assert (await api.request("POST", record["invoke_url"] + "/echo", None, b"{}"))[0] == 200


async def test_info_takes_the_account_key_and_an_inference_key(api: Api, example: dict[str, Any]) -> None:
    info = example["invoke_url"] + "/info"
    assert await api.request("POST", info, ACCOUNT_KEY) == (200, {"message": "ok"})
    assert await api.request("POST", info, example["inference_keys"][0]["key"]) == (200, {"message": "ok"})
    assert (await api.request("POST", info, "another"))[0] == 401


async def test_a_stream_is_text_that_comes_line_by_line(api: Api) -> None:
    async with api.stream({}) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        lines = await sent_chunks(answer)
    assert lines == [b"Hello, world!\n", b"Items: 1 5 foo\n", b"Done streaming\n"]


async def test_a_stream_can_be_cut_inside_its_characters(api: Api) -> None:
    async with api.stream({"message": "né€", "items": [], "split": True}) as answer:
        chunks = await sent_chunks(answer)
    assert chunks == [b"n\xc3", b"\xa9\xe2", b"\x82\xac\n", b"Items: \n", b"Done streaming\n"]


async def test_arguments_that_a_stream_cannot_use_are_a_500_before_it_starts(api: Api) -> None:
    async with api.stream({"items": 5}) as answer:
        assert answer.status == 500
        assert (await answer.json())["detail"].startswith("Traceback")


async def test_a_stream_ends_when_its_client_hangs_up(api: Api) -> None:
    async with api.stream({"message": "é" * 500, "split": True}) as answer:
        await answer.content.readany()
        answer.close()
    for _ in range(100):
        if api.server.log.in_flight == 0:
            break
        await asyncio.sleep(0.01)
    assert api.server.log.in_flight == 0


async def test_a_torn_down_service_is_inactive_and_answers_404(api: Api, example: dict[str, Any]) -> None:
    torn_down = {"id": EXAMPLE_ID, "status": "INACTIVE"}
    for _ in range(2):
        assert await api.manage("PUT", f"/{EXAMPLE_ID}/teardown") == (200, torn_down)
    record = await api.record(EXAMPLE_ID)
    assert (record["status"], record["invoke_url"]) == ("INACTIVE", example["invoke_url"])
    assert record["updated_at"] > example["updated_at"]
    assert await api.call(example, "POST", "/hello") == (404, {"detail": "Not Found"})
    assert await api.request("POST", example["invoke_url"] + "/info", ACCOUNT_KEY) == (404, {"detail": "Not Found"})


async def test_a_new_inference_key_works_until_it_is_deleted(api: Api, example: dict[str, Any]) -> None:
    keys = f"/{EXAMPLE_ID}/inference-keys"
    status, created = await api.manage("POST", keys)
    assert (status, set(created), created["id"]) == (201, {"id", "key", "created_at"}, 2)
    assert [key["key"] for key in (await api.record(EXAMPLE_ID))["inference_keys"]][1] == created["key"]
    url = example["invoke_url"] + "/hello"
    assert (await api.request("POST", url, created["key"]))[0] == 200
    assert (await api.manage("DELETE", f"{keys}/2"))[0] == 204
    assert (await api.request("POST", url, created["key"]))[0] == 401
    unknown = {"detail": "Inference key not found", "code": "inference-key/not-found"}
    assert await api.manage("DELETE", f"{keys}/2") == (404, unknown)


async def test_listed_keys_say_when_they_were_used_and_not_what_they_are(api: Api, example: dict[str, Any]) -> None:
    async def listed() -> Any:
        return (await api.manage("GET", f"/{EXAMPLE_ID}/inference-keys"))[1]

    assert await listed() == [{"id": 1, "created_at": example["created_at"], "last_used": None}]
    await api.call(example, "POST", "/hello")
    assert (await listed())[0]["last_used"] is not None


async def test_calls_to_a_service_do_not_settle_its_status_for_good(tmp_path: Path) -> None:
    async with running(tmp_path, creating_s=0) as api:
        await api.call(await api.record(STARTING_ID), "POST", "/echo")
    async with running(tmp_path) as api:
        assert (await api.record(STARTING_ID))["status"] == "CREATING"


async def test_what_was_done_is_still_so_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path, rows=3) as api:
        before = await api.record(ODD_NAMES_ID)
        await api.manage("PUT", f"/{EXAMPLE_ID}/teardown")
    async with running(tmp_path, rows=3) as api:
        assert (await api.record(EXAMPLE_ID))["status"] == "INACTIVE"
        assert (await api.record(ODD_NAMES_ID))["inference_keys"] == before["inference_keys"]
        assert (await api.manage("GET"))[1]["metadata"]["total_count"] == 3 + NAMED


@pytest.mark.parametrize("path", ["/", "/fn/api/v0/functions/", "/fn/api/v0/functions/a/b%3Fc=d", "/svc/1x/hello"])
async def test_any_other_path_is_404(api: Api, path: str) -> None:
    assert await api.request("GET", api.server.url + path, ACCOUNT_KEY) == (404, {"detail": "Not Found"})
