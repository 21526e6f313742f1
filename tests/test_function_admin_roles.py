"""Who sees what of stored functions, and who may change them. What is refused is never sent."""

from __future__ import annotations

import pytest

from gateway.sandbox.running import Sandbox
from gateway.settings import PerUserCredential, Settings, StaticCredential, read
from tests.harness import Gateway, serving, with_upstream

FIELDS = "id name type isActive isGlobal versionId createdAt updatedAt meta { description manifest raw }"
MUTATIONS = {
    "createFunction": ('{id: "a", name: "A", content: "x"}', "{ id }"),
    "updateFunction": ('{id: "my_function", name: "A"}', "{ id }"),
    "deleteFunction": ('{id: "my_function"}', ""),
    "toggleFunction": ('{id: "my_function"}', "{ id }"),
    "toggleFunctionGlobal": ('{id: "my_function"}', "{ id }"),
    "setFunctionActive": ('{id: "my_function", value: true}', "{ id }"),
    "setFunctionGlobal": ('{id: "my_function", value: true}', "{ id }"),
    "updateFunctionValves": ('{id: "my_function", values: {model: "large"}}', "{ id }"),
    "loadFunction": ('{url: "https://example.com/x.py"}', "{ name }"),
    "syncFunctions": ("{functions: []}", "{ deleted }"),
    "setFunctionVersion": ('{functionId: "my_function", id: "x"}', "{ id }"),
    "deleteFunctionVersion": ('{functionId: "my_function", id: "x"}', ""),
}


def mutation(field: str) -> str:
    given, selection = MUTATIONS[field]
    return f"mutation {{ {field}(input: {given}) {selection} }}"


async def test_a_user_sees_what_the_server_shows_to_its_users(gateway: Gateway) -> None:
    for_users = await gateway.post(f"{{ functions(input: {{count: 1000}}) {{ {FIELDS} }} }}", key="user")
    assert gateway.sandbox.function_admin.log.lines == ["GET /api/v1/functions/"]
    for_admins = await gateway.post(f"{{ functions(input: {{count: 1000}}) {{ {FIELDS} }} }}")
    assert for_users.data == for_admins.data
    assert len(for_users.data["functions"]) == 64


async def test_a_user_finds_one_function_among_all(gateway: Gateway) -> None:
    answer = await gateway.post(
        '{ found: function(input: {id: "my_function"}) { name } missing: function(input: {id: "no"}) { name } }',
        key="user",
    )
    assert answer.data == {"found": {"name": "My Function"}, "missing": None}
    assert gateway.sandbox.function_admin.log.lines == ["GET /api/v1/functions/"]


async def test_what_is_for_administrators_is_refused_to_users_and_not_asked_for(gateway: Gateway) -> None:
    hidden = ["content", "valves", "valvesSchema", "owner { id }", "history { id }"]
    answer = await gateway.post(f'{{ function(input: {{id: "my_function"}}) {{ id {" ".join(hidden)} }} }}', key="user")
    names = [field.split()[0] for field in hidden]
    assert answer.body["data"] == {"function": {"id": "my_function"} | dict.fromkeys(names)}
    assert [(error["path"], error["extensions"]["code"]) for error in answer.body["errors"]] == [
        (["function", name], "FORBIDDEN") for name in names
    ]
    assert gateway.sandbox.function_admin.log.lines == ["GET /api/v1/functions/"]


@pytest.mark.parametrize("field", MUTATIONS)
async def test_a_change_by_a_user_is_refused_and_not_sent(gateway: Gateway, field: str) -> None:
    answer = await gateway.post(mutation(field), key="user")
    assert answer.errors == [(field, "FORBIDDEN", None)]
    assert gateway.counts == {}


async def test_anonymous_callers_are_told_to_say_who_they_are(gateway: Gateway) -> None:
    documents = {
        "function": '{ function(input: {id: "my_function"}) { id } }',
        "functions": "{ functions { id } }",
        "functionVersion": '{ functionVersion(input: {functionId: "my_function", id: "x"}) { id } }',
        "functionDiff": '{ functionDiff(input: {functionId: "my_function", fromId: "x", toId: "y"}) { fromId } }',
        "updateUserValves": 'mutation { updateUserValves(input: {id: "my_function", values: {}}) { id } }',
        **{field: mutation(field) for field in MUTATIONS},
    }
    for field, document in documents.items():
        answer = await gateway.post(document, key=None)
        assert answer.errors == [(field, "UNAUTHENTICATED", None)]
    assert gateway.counts == {}


async def test_versions_are_for_administrators(gateway: Gateway) -> None:
    answer = await gateway.post(
        '{ functionVersion(input: {functionId: "my_function", id: "x"}) { id } '
        '  functionDiff(input: {functionId: "my_function", fromId: "x", toId: "y"}) { fromId } }',
        key="user",
    )
    assert answer.errors == [("functionDiff", "FORBIDDEN", None), ("functionVersion", "FORBIDDEN", None)]
    assert gateway.counts == {}


async def test_user_valves_never_go_by_the_gateways_own_credential(sandbox: Sandbox, settings: Settings) -> None:
    static = read(StaticCredential, {"scheme": "static", "value": sandbox.accounts.yusuf_key})
    own = '{ function(input: {id: "my_function"}) { id userValves userValvesSchema } }'
    change = 'mutation { updateUserValves(input: {id: "my_function", values: {tone: "formal"}}) { id } }'
    async with serving(with_upstream(settings, "function_admin", credential=static), sandbox) as gateway:
        shown = await gateway.post(own, key="user")
        changed = await gateway.post(change, key="user")
    assert shown.body["data"]["function"] == {"id": "my_function", "userValves": None, "userValvesSchema": None}
    assert shown.errors == 2 * [("function", "FORBIDDEN", "function_admin")]
    assert changed.errors == [("updateUserValves", "FORBIDDEN", "function_admin")]
    assert sandbox.function_admin.log.lines == ["GET /api/v1/functions/"]


async def test_user_valves_go_by_a_credential_per_user(sandbox: Sandbox, settings: Settings) -> None:
    accounts = sandbox.accounts
    secrets = {"key:yusuf": accounts.yusuf_key, "key:ada": accounts.ada_key}
    per_user = read(PerUserCredential, {"scheme": "per_user", "secrets": secrets})
    change = 'mutation { updateUserValves(input: {id: "my_function", values: {tone: "formal"}}) { userValves } }'
    async with serving(with_upstream(settings, "function_admin", credential=per_user), sandbox) as gateway:
        changed = await gateway.post(change, key="user")
        other = await gateway.post('{ function(input: {id: "my_function"}) { userValves } }', key="admin")
    assert changed.data == {"updateUserValves": {"userValves": {"tone": "formal"}}}
    assert other.data == {"function": {"userValves": {}}}
