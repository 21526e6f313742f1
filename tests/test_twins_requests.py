"""What a twin takes from a request, and how it refuses: always both `error` and `errors`, and nothing sent upstream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import GREETING, SERVICE, Answer, Gateway, serving
from tests.rest import call

OWN = {
    "rows": """# GET /own/rows
# List functions.
query ($count: Int, $ids: Boolean! = true) { functions(input: { count: $count }) { id @include(if: $ids) name } }
""",
    "filtered": """# GET /own/filtered
# List functions.
query ($filter: FunctionsInput) { functions(input: $filter) { id } }
""",
    "limit": """# PATCH /own/limit
# Limit what is spent.
mutation ($limit: Float) { updateUser(input: { spendLimit: $limit }) { username } }
""",
}


@pytest.fixture
async def own(sandbox: Sandbox, settings: Settings, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway with twins of an operator."""
    folder = tmp_path / "twins"
    folder.mkdir()
    for name, text in OWN.items():
        (folder / f"{name}.graphql").write_text(text)
    async with serving(replace(settings, twins_folder=folder), sandbox) as gateway:
        yield gateway


def refusal(answer: Answer) -> tuple[int, str, str]:
    """Status, text and code; both keys say the same, and the request is named."""
    [error] = answer.body["errors"]
    assert list(answer.body) == ["errors", "error"]
    assert answer.body["error"] == error["message"]
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    return answer.status, error["message"], error["extensions"]["code"]


async def test_a_path_where_nothing_is(gateway: Gateway) -> None:
    for path in ("/nothing", "/predictors/greeting", "/users/", "/predict/@fxn", "/users/%ff"):
        assert refusal(await call(gateway, "GET", path)) == (404, "There is nothing at this path.", "NOT_FOUND")
    assert gateway.counts == {}


async def test_a_method_that_a_path_does_not_take(gateway: Gateway) -> None:
    answer = await call(gateway, "PUT", "/predictors/%40fxn%2Fgreeting")
    assert refusal(answer) == (405, "This path takes DELETE, GET, HEAD.", "BAD_INPUT")
    assert answer.headers["allow"] == "DELETE, GET, HEAD"
    assert gateway.counts == {}


async def test_a_head_is_a_get_without_its_body(gateway: Gateway) -> None:
    answer = await call(gateway, "HEAD", "/user")
    assert (answer.status, answer.body) == (200, None)


async def test_what_is_not_there_is_not_found(gateway: Gateway) -> None:
    for path in ("/users/nobody", "/users/nobody/predictors", "/predictors/@fxn/nothing", "/deployments/nothing",
                 "/functions/nothing", "/v1/predictors/@fxn/nothing"):  # fmt: skip
        assert refusal(await call(gateway, "GET", path)) == (404, "There is no such thing.", "NOT_FOUND")


async def test_a_caller_without_a_key_is_told_how_to_send_one(gateway: Gateway) -> None:
    answer = await call(gateway, "GET", "/user", key=None)
    assert refusal(answer)[0::2] == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"] == 'Bearer realm="fngraph"'


async def test_a_malformed_credential_reaches_nobody(gateway: Gateway) -> None:
    answer = await call(gateway, "GET", "/user", key=None, Authorization="Digest x")
    assert refusal(answer)[0::2] == (401, "UNAUTHENTICATED")
    assert gateway.counts == {}


async def test_a_user_may_not_what_an_administrator_may(gateway: Gateway) -> None:
    answer = await call(gateway, "DELETE", f"/deployments/{SERVICE}", key="user")
    assert refusal(answer)[0::2] == (403, "FORBIDDEN")
    assert gateway.counts == {}


async def test_a_failing_upstream_has_its_status(gateway: Gateway) -> None:
    gateway.sandbox.prediction.faults.set(Fault("status", status=503))
    answer = await call(gateway, "GET", "/user")
    assert refusal(answer)[0::2] == (502, "UPSTREAM_UNAVAILABLE")
    assert answer.body["errors"][0]["extensions"]["service"] == "prediction"


async def test_what_fails_in_part_is_null_and_named_in_a_header(gateway: Gateway) -> None:
    gateway.sandbox.function_admin.faults.set(
        Fault("status", status=503, match="GET /api/v1/functions/id/my_function/valves")
    )
    answer = await call(gateway, "GET", "/functions/my_function")
    assert (answer.status, answer.body["name"], answer.body["valves"]) == (200, "My Function", None)
    assert '{"path":["function","valves"],"code":"UPSTREAM_UNAVAILABLE"}' in answer.headers["x-errors"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "The body must be JSON."),
        (b"\xff", "The body must be JSON."),
        (b"[" * 100_000, "The body must be JSON."),
        (b"[]", "The body must be a JSON object."),
        (b'"x"', "The body must be a JSON object."),
        (b"{}", "`name` is required."),
        (b"null", "`name` is required."),
        (b'{"name": null, "value": "x"}', "`name` is required."),
        (b'{"name": ["x"], "value": "x"}', "`name`: String cannot represent a non string value: ['x']"),
    ],
)
async def test_a_body_that_is_not_what_a_twin_takes(gateway: Gateway, body: bytes, text: str) -> None:
    answer = await call(gateway, "POST", "/environmentVariables", body)
    assert refusal(answer) == (400, text, "BAD_INPUT")
    assert gateway.counts == {}


async def test_a_member_of_a_whole_body_is_named(gateway: Gateway) -> None:
    answer = await call(gateway, "POST", "/functions", {"id": "f", "name": "F", "content": 1})
    assert refusal(answer)[1] == "`input.content`: String cannot represent a non string value: 1"


async def test_another_media_type_is_refused(gateway: Gateway) -> None:
    answer = await call(gateway, "POST", f"/predict/{GREETING}", b"name=x", Content_Type="text/plain")
    assert refusal(answer) == (415, "The body must be application/json.", "BAD_INPUT")
    assert gateway.counts == {}


async def test_a_body_over_the_limit_is_refused(sandbox: Sandbox, settings: Settings) -> None:
    async with serving(replace(settings, max_body_bytes=1000), sandbox) as gateway:
        answer = await call(gateway, "POST", f"/predict/{GREETING}", {"name": "x" * 1000})
        assert refusal(answer) == (413, "The body is larger than 1000 bytes.", "BAD_INPUT")
        assert gateway.counts == {}


async def test_the_vendors_twins_pass_over_what_they_do_not_know(gateway: Gateway) -> None:
    assert (await call(gateway, "GET", "/user?x=1")).status == 200
    answer = await call(gateway, "POST", "/environmentVariables", {"name": "A", "value": "b", "x": 1})
    assert (answer.status, answer.body) == (200, {"name": "A"})


async def test_other_twins_refuse_it_so_that_a_misspelling_is_noticed(gateway: Gateway) -> None:
    answer = await call(gateway, "GET", "/deployments?stauts=ACTIVE")
    text = "`stauts` is not known here; known are: count, offset, search, status."
    assert refusal(answer) == (400, text, "BAD_INPUT")
    assert refusal(await call(gateway, "PATCH", "/functions/my_function", {"nmae": "x"}))[0] == 400
    assert gateway.counts == {}


@pytest.mark.parametrize(
    ("method", "path", "text"),
    [
        ("GET", "/own/rows?count=x", "`count` must be a whole number."),
        ("GET", "/own/rows?count=1.5", "`count` must be a whole number."),
        ("GET", "/own/rows?count=1&count=2", "`count` is given more than once."),
        ("GET", "/own/rows?count=9999999999", "`count`: Int cannot represent non 32-bit"),
        ("GET", "/own/rows?ids=yes", "`ids` must be true or false."),
        ("GET", "/own/rows?count=%ff", "The query is malformed, or has too many parameters."),
        ("GET", "/own/rows?" + "count=1&" * 101, "The query is malformed, or has too many parameters."),
        ("GET", "/own/filtered?filter=%7B", "`filter` must be JSON."),
        ("GET", "/own/filtered?filter=%7B%22count%22:%22x%22%7D", "`filter.count`: Int cannot represent"),
        ("PATCH", "/own/limit?limit=nan", "`limit` must be a number."),
        ("PATCH", "/own/limit?limit=x", "`limit` must be a number."),
    ],
)  # fmt: skip
async def test_query_texts_that_fit_no_type(own: Gateway, method: str, path: str, text: str) -> None:
    answer = await call(own, method, path)
    assert refusal(answer)[0::2] == (400, "BAD_INPUT")
    assert answer.body["error"].startswith(text)
    assert own.counts == {}


async def test_query_texts_become_the_type_of_their_variable(own: Gateway) -> None:
    rows = await call(own, "GET", "/own/rows?count=%2B1&ids=false")
    assert [list(row) for row in rows.body] == [["name"]]
    filtered = await call(own, "GET", "/own/filtered?filter=%7B%22query%22:%22my_function%22%7D")
    assert filtered.body == [{"id": "my_function"}]
    assert (await call(own, "PATCH", "/own/limit?limit=12.5")).body == {"username": "yusuf"}
    assert own.sandbox.prediction.log.requests[-1].body == b'{"spendLimit":12.5}'


async def test_a_text_that_stands_for_nothing_is_nothing_where_no_text_is_wanted(own: Gateway) -> None:
    for nothing in ("None", "null", "undefined", ""):
        assert (await call(own, "GET", f"/own/rows?count={nothing}&ids={nothing}")).status == 200


async def test_a_client_that_leaves_ends_what_it_asked_for(gateway: Gateway) -> None:
    gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=30))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(call(gateway, "GET", "/user"), 0.2)
    async with asyncio.timeout(2):
        while gateway.sandbox.prediction.log.in_flight:  # noqa: ASYNC110 (the stand-in has no event for it)
            await asyncio.sleep(0.01)
