"""Versions of functions, where the server keeps them."""

from __future__ import annotations

from typing import Any

from gateway.sandbox.faults import Fault
from tests.harness import Gateway

ID = "/api/v1/functions/id/fresh"
CONTENT = "class Pipe:\n    def pipe(self, body):\n        return {number}\n"
CREATE = "mutation ($input: CreateFunctionInput!) { createFunction(input: $input) { versionId } }"
UPDATE = "mutation ($input: UpdateFunctionInput!) { updateFunction(input: $input) { versionId } }"


async def versions(gateway: Gateway, count: int) -> list[str]:
    """Version ids of a new function with so many versions, oldest first; the log is empty after that."""
    given: dict[str, Any] = {"id": "fresh", "name": "F", "content": CONTENT.format(number=0), "commitMessage": "v0"}
    answer = await gateway.post(CREATE, {"input": given})
    found = [answer.data["createFunction"]["versionId"]]
    for number in range(1, count):
        given = {"id": "fresh", "content": CONTENT.format(number=number), "commitMessage": f"v{number}"}
        answer = await gateway.post(UPDATE, {"input": given})
        found.append(answer.data["updateFunction"]["versionId"])
    gateway.sandbox.function_admin.log.clear()
    return found


async def test_each_change_is_a_version_with_its_message(gateway: Gateway) -> None:
    first, second = await versions(gateway, 2)
    answer = await gateway.post(
        '{ function(input: {id: "fresh"}) { versionId history { id parentId commitMessage author } } }'
    )
    assert answer.data["function"]["versionId"] == second
    assert sorted(answer.data["function"]["history"], key=lambda version: str(version["commitMessage"])) == [
        {"id": first, "parentId": None, "commitMessage": "v0", "author": "Yusuf"},
        {"id": second, "parentId": first, "commitMessage": "v1", "author": "Yusuf"},
    ]
    assert gateway.sandbox.function_admin.log.lines == [f"GET {ID}", f"GET {ID}/history?page=1"]


async def test_a_page_between_two_of_the_vendors_takes_both(gateway: Gateway) -> None:
    made = await versions(gateway, 45)
    document = '{ function(input: {id: "fresh"}) { history(input: {%s}) { id } } }'
    whole = (await gateway.post(document % "count: 100")).data["function"]["history"]
    assert {version["id"] for version in whole} == set(made)
    gateway.sandbox.function_admin.log.clear()
    part = (await gateway.post(document % "offset: 15, count: 10")).data["function"]["history"]
    assert part == whole[15:25]
    assert gateway.sandbox.function_admin.log.lines[1:] == [f"GET {ID}/history?page=1", f"GET {ID}/history?page=2"]


async def test_a_version_shows_what_it_held_and_what_came_after_it(gateway: Gateway) -> None:
    first, second = await versions(gateway, 2)
    answer = await gateway.post(
        f'{{ functionVersion(input: {{functionId: "fresh", id: "{first}"}}) '
        "    { id commitMessage snapshot { name content meta } }"
        f'  functionDiff(input: {{functionId: "fresh", fromId: "{first}", toId: "{second}"}}) '
        "    { fromId toId metadata contentDiff lineEndingsOnly }"
        '  missing: functionVersion(input: {functionId: "fresh", id: "no"}) { id }'
        '  none: functionDiff(input: {functionId: "no", fromId: "a", toId: "b"}) { fromId } }'
    )
    assert answer.data == {
        "functionVersion": {
            "id": first,
            "commitMessage": "v0",
            "snapshot": {"name": "F", "content": CONTENT.format(number=0), "meta": {"description": None}},
        },
        "functionDiff": {
            "fromId": first,
            "toId": second,
            "metadata": {},
            "contentDiff": "--- selected.py\n+++ production.py\n@@ -1,3 +1,3 @@\n class Pipe:\n"
            "     def pipe(self, body):\n-        return 0\n+        return 1",
            "lineEndingsOnly": False,
        },
        "missing": None,
        "none": None,
    }


async def test_a_version_made_current_again_brings_its_code_back(gateway: Gateway) -> None:
    first, second = await versions(gateway, 2)
    given = f'input: {{functionId: "fresh", id: "{first}"}}'
    answer = await gateway.post(f"mutation {{ setFunctionVersion({given}) {{ versionId content }} }}")
    assert answer.data["setFunctionVersion"] == {"versionId": first, "content": CONTENT.format(number=0)}
    current = await gateway.post(f"mutation {{ deleteFunctionVersion({given}) }}")
    assert current.errors == [("deleteFunctionVersion", "CONFLICT", "function_admin")]
    other = await gateway.post(f"mutation {{ deleteFunctionVersion({given.replace(first, second)}) }}")
    assert other.data == {"deleteFunctionVersion": True}
    again = await gateway.post(f"mutation {{ deleteFunctionVersion({given.replace(first, second)}) }}")
    assert again.errors == [("deleteFunctionVersion", "NOT_FOUND", "function_admin")]


async def test_the_list_of_0_6_with_content_and_whole_records_of_owners_is_read(gateway: Gateway) -> None:
    owner = {"id": "u", "name": "Y", "email": "y@example.com", "role": "admin", "settings": None, "info": {"a": 1}}
    row = {
        "id": "old",
        "user_id": "u",
        "name": "Old",
        "type": "pipe",
        "meta": {"description": ""},
        "content": "x",
        "is_active": True,
        "is_global": False,
        "updated_at": 1,
        "created_at": 1,
        "user": owner,
    }
    gateway.sandbox.function_admin.faults.set(Fault("status", status=200, body=[row]))
    answer = await gateway.post("{ functions { id content owner { name } } }")
    assert answer.data == {"functions": [{"id": "old", "content": "x", "owner": {"name": "Y"}}]}
    assert gateway.counts == {"function_admin": 1}


async def test_a_server_without_versions_has_none_and_is_not_asked(gateway: Gateway) -> None:
    """What 0.8 sends has no ``version_id``, and its paths of versions are web pages."""
    old = {
        "id": "fresh",
        "user_id": "u",
        "name": "F",
        "type": "pipe",
        "meta": {},
        "content": "x",
        "is_active": True,
        "is_global": False,
        "updated_at": 1,
        "created_at": 1,
    }
    gateway.sandbox.function_admin.faults.set(Fault("status", status=200, body=old))
    answer = await gateway.post(
        '{ function(input: {id: "fresh"}) { versionId history { id } }'
        '  functionVersion(input: {functionId: "fresh", id: "x"}) { id } }'
    )
    assert answer.data == {"function": {"versionId": None, "history": []}, "functionVersion": None}
    refused = await gateway.post('mutation { setFunctionVersion(input: {functionId: "fresh", id: "x"}) { id } }')
    assert refused.errors == [("setFunctionVersion", "NOT_FOUND", "function_admin")]
    assert gateway.sandbox.function_admin.log.lines == [f"GET {ID}", f"GET {ID}"]
