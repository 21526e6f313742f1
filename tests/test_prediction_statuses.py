"""Which status an answer has, for each kind of client that reads it.

What the clients do with each, as measured with them: fxn until 0.0.23 raises the message of ``errors`` with any status
below 400; 0.0.24 to 0.0.40 read ``data`` alone of those, and of the others ``error`` (until 0.0.32) or ``errors``.
"""

from __future__ import annotations

from typing import Any

import pytest

from gateway.http.accept import RESPONSE_JSON
from gateway.http.status import status_of
from tests.harness import Gateway

JSON = "application/json"


def error(code: str) -> dict[str, Any]:
    return {"message": "no", "extensions": {"code": code}}


LOST, WRONG, BROKEN = [error("UNAUTHENTICATED")], [error("GRAPHQL_VALIDATION_FAILED")], [error("INTERNAL")]


@pytest.mark.parametrize(
    ("body", "legacy", "modern"),
    [
        ({"data": {"user": {"name": "a"}}}, 200, 200),
        ({"data": {"user": None}}, 200, 200),
        ({"data": None}, 200, 200),
        ({"errors": WRONG}, 400, 400),
        ({"data": None, "errors": LOST}, 401, 401),
        ({"data": None, "errors": BROKEN}, 500, 500),
        ({"data": {"user": None}, "errors": LOST}, 401, 200),
        ({"data": {"a": None, "b": None}, "errors": [*LOST, *BROKEN]}, 401, 200),
        ({"data": {"user": {"predictors": None}}, "errors": LOST}, 401, 200),
        ({"data": {"users": [None, {"name": None}]}, "errors": LOST}, 401, 200),
        ({"data": {"a": None, "b": {"name": "b"}}, "errors": LOST}, 200, 200),
        ({"data": {"a": None, "b": False}, "errors": LOST}, 200, 200),
        ({"data": {"a": None, "b": []}, "errors": LOST}, 200, 200),
        ({"data": {"a": None, "b": {"valves": {}}}, "errors": LOST}, 200, 200),
    ],
)
def test_an_answer_of_nothing_but_errors_has_their_status(body: dict[str, Any], legacy: int, modern: int) -> None:
    assert status_of(body, JSON) == legacy
    assert status_of(body, RESPONSE_JSON) == modern


def test_a_deeply_nested_value_is_walked_without_recursion() -> None:
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    assert status_of({"data": {"a": deep}, "errors": LOST}, JSON) == 200


async def post(gateway: Gateway, document: str, **headers: str) -> tuple[int, str, dict[str, Any]]:
    key = {"Authorization": "Bearer sk-wrong"}
    async with gateway.session.post(
        gateway.url + "/graph", json={"query": document}, headers=key | headers
    ) as response:
        return response.status, response.content_type, await response.json(content_type=None)


ME = "{ user { username } }"


async def test_a_client_that_asks_for_graphql_responses_gets_the_specifications_status(gateway: Gateway) -> None:
    status, content_type, body = await post(gateway, ME, Accept=RESPONSE_JSON)
    assert (status, content_type, body["data"]) == (200, RESPONSE_JSON, {"user": None})
    assert (await post(gateway, "{ nothing }", Accept=RESPONSE_JSON))[0] == 400


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/plain, */*"])
async def test_any_other_client_gets_the_errors_status(gateway: Gateway, accept: str) -> None:
    status, content_type, body = await post(gateway, ME, Accept=accept)
    assert (status, content_type) == (401, JSON)
    assert body.keys() == {"data", "errors"}
    assert body["errors"][0]["message"] == "Invalid access key"


@pytest.mark.parametrize("document", [ME, "{ nothing }", "{"])
async def test_a_client_that_may_be_fxn_0_0_24_gets_the_text_as_error_too(gateway: Gateway, document: str) -> None:
    status, _, body = await post(gateway, document, **{"User-Agent": "python-requests/2.31.0"})
    assert status >= 400
    assert body["error"] == body["errors"][0]["message"]


async def test_partial_data_is_200_for_everybody(gateway: Gateway) -> None:
    document = '{ user { username } predictor(input: {tag: "@fxn/greeting"}) { name } }'
    answer = await gateway.post(document, key=None)
    assert answer.status == 200
    assert answer.body["data"] == {"user": None, "predictor": {"name": "greeting"}}
