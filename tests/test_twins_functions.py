"""The twins of function administration: switches, valves, versions, loading and syncing."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.harness import Gateway
from tests.rest import call

FUNCTION = "/functions/my_function"


async def value(gateway: Gateway, method: str, path: str, body: Any = None) -> Any:
    answer = await call(gateway, method, path, body)
    assert answer.status == 200, answer.body
    return answer.body


async def test_switches(gateway: Gateway) -> None:
    assert (await value(gateway, "POST", f"{FUNCTION}/toggle-global"))["isGlobal"] is True
    assert (await value(gateway, "PUT", f"{FUNCTION}/global", False))["isGlobal"] is False
    assert (await value(gateway, "PUT", f"{FUNCTION}/active", False))["isActive"] is False
    assert (await call(gateway, "PUT", f"{FUNCTION}/active")).body["error"] == "`value` is required."


async def test_valves_are_changed_by_patch_and_replaced_by_put(gateway: Gateway) -> None:
    found = await value(gateway, "GET", f"{FUNCTION}/valves")
    assert found["valves"] == {"api_key": "********", "model": "large"}
    assert found["valvesSchema"]["title"] == "Valves"
    patched = await value(gateway, "PATCH", f"{FUNCTION}/valves", {"max_length": 300})
    assert patched == {"valves": {"api_key": "********", "model": "large", "max_length": 300}}
    assert await value(gateway, "PUT", f"{FUNCTION}/valves", {"max_length": 9}) == {"valves": {"max_length": 9}}


async def test_user_valves_too(gateway: Gateway) -> None:
    own = f"{FUNCTION}/user-valves"
    assert await value(gateway, "PATCH", own, {"tone": "formal"}) == {"userValves": {"tone": "formal"}}
    patched = await value(gateway, "PATCH", own, {"language": "de"})
    assert patched == {"userValves": {"tone": "formal", "language": "de"}}
    assert await value(gateway, "PUT", own, {"language": "fr"}) == {"userValves": {"language": "fr"}}
    assert (await value(gateway, "GET", own))["userValves"] == {"language": "fr"}


async def test_versions(gateway: Gateway) -> None:
    latest, first = await value(gateway, "GET", f"{FUNCTION}/versions")
    assert (latest["commitMessage"], first["commitMessage"]) == ("version 2", "version 1")
    assert (latest["parentId"], first["parentId"]) == (first["id"], None)
    assert await value(gateway, "GET", f"{FUNCTION}/versions?offset=1&count=1") == [first]
    restored = await value(gateway, "POST", f"{FUNCTION}/versions/{first['id']}/restore")
    assert restored["versionId"] == first["id"]
    assert await value(gateway, "DELETE", f"{FUNCTION}/versions/{latest['id']}") is True
    assert await value(gateway, "GET", f"{FUNCTION}/versions") == [first]


async def test_a_dry_sync_says_what_it_would_do(gateway: Gateway) -> None:
    functions = [
        {"id": "my_function", "name": "Renamed"},
        {"id": "brand_new", "name": "New", "content": "class Pipe: 1"},
    ]
    found = await value(gateway, "POST", "/functions/sync", {"functions": functions, "dryRun": True})
    assert (found["created"], found["changed"], found["unchanged"]) == (["brand_new"], ["my_function"], [])
    assert "word_filter" in found["deleted"]
    assert (await value(gateway, "GET", FUNCTION))["name"] == "My Function"


async def test_an_address_that_may_not_be_read_is_refused(gateway: Gateway) -> None:
    answer = await call(gateway, "POST", "/functions/load", {"url": "file:///etc/passwd"})
    assert (answer.status, answer.body["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")
    assert gateway.counts == {}


async def test_a_user_sees_a_function_without_what_is_for_administrators(gateway: Gateway) -> None:
    answer = await call(gateway, "GET", FUNCTION, key="user")
    assert (answer.status, answer.body["name"]) == (200, "My Function")
    hidden = ("content", "valves", "valvesSchema", "owner")
    assert [answer.body[name] for name in hidden] == [None] * 4
    assert msgspec.json.decode(answer.headers["x-errors"]) == [
        {"path": ["function", name], "code": "FORBIDDEN"} for name in hidden
    ]
    refused = await call(gateway, "PATCH", FUNCTION, {"name": "x"}, key="user")
    assert (refused.status, refused.body["error"]) == (403, "This needs the role ADMIN.")
