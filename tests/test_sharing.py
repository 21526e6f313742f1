"""Identical queries in flight share one execution; callers never share anything that a credential decides."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.auth.principal import Principal
from gateway.http.documents import Documents
from gateway.http.sharing import Share, sharing_key
from gateway.roles import Role
from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import LimitSettings, Settings
from schema import build_schema
from tests.harness import Gateway, serving

ME = "{ user { username } }"
DOCUMENTS = Documents(build_schema()._schema, LimitSettings())
USER = frozenset({Role.USER})


async def test_identical_queries_in_flight_are_one_request(gateway: Gateway) -> None:
    gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=0.3))
    answers = await asyncio.gather(*(gateway.post(ME) for _ in range(20)))
    assert [answer.data for answer in answers] == [{"user": {"username": "yusuf"}}] * 20
    assert gateway.counts == {"prediction": 1}


async def test_two_callers_never_get_each_others_data(gateway: Gateway) -> None:
    """The same document at the same moment, 200 times, with everything that shares switched on."""
    for _ in range(200):
        admin, user = await asyncio.gather(gateway.post(ME, key="admin"), gateway.post(ME, key="user"))
        assert (admin.data["user"]["username"], user.data["user"]["username"]) == ("yusuf", "ada")
    assert gateway.counts == {"prediction": 400}


async def test_a_shared_failure_has_each_callers_own_request_id(gateway: Gateway) -> None:
    gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=0.2))
    answers = await asyncio.gather(*(gateway.post(ME, key="sk-unknown") for _ in range(3)))
    assert {answer.status for answer in answers} == {401}
    ids = {answer.body["errors"][0]["extensions"]["requestId"] for answer in answers}
    assert ids == {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 3
    assert gateway.counts == {"prediction": 1}


async def test_mutations_are_never_shared(gateway: Gateway) -> None:
    mutation = 'mutation { createEnvironmentVariable(input: {name: "A", value: "b"}) { name } }'
    await asyncio.gather(*(gateway.post(mutation) for _ in range(5)))
    assert sum(request.method == "POST" for request in gateway.sandbox.prediction.log) == 5


async def test_a_query_after_a_mutation_does_not_join_one_from_before_it(gateway: Gateway) -> None:
    query = "{ user { ... on User { environmentVariables { name } } } }"
    gateway.sandbox.prediction.faults.set(Fault("slow", match="^GET", delay_s=1.5, times=1))
    before = asyncio.create_task(gateway.post(query))
    await asyncio.sleep(0.1)
    await gateway.post('mutation { createEnvironmentVariable(input: {name: "NEW", value: "b"}) { name } }')
    after = await gateway.post(query)
    assert "NEW" in [each["name"] for each in after.data["user"]["environmentVariables"]]
    read = [request.path for request in gateway.sandbox.prediction.log if request.method == "GET"]
    await before
    assert len(read) == len(set(read)) + 1, "the first one was joined"


async def test_sharing_can_be_switched_off(sandbox: Sandbox, settings: Settings) -> None:
    off = replace(settings, share_queries=False)
    alone = replace(off, prediction=replace(off.prediction, share_reads=False))
    async with serving(alone, sandbox) as gateway:
        gateway.sandbox.prediction.faults.set(Fault("slow", delay_s=0.2))
        await asyncio.gather(*(gateway.post(ME) for _ in range(5)))
        assert gateway.counts == {"prediction": 5}


async def test_when_the_first_leaves_another_one_executes() -> None:
    share: Share[str] = Share()
    executed: list[str] = []

    async def asked(name: str) -> str:
        async def execute() -> str:
            executed.append(name)
            await asyncio.sleep(0.05)
            return name

        return await share.shared("key", execute)

    tasks = [asyncio.create_task(asked(name)) for name in "abc"]
    while not executed:  # noqa: ASYNC110
        await asyncio.sleep(0)
    tasks[0].cancel()
    assert await asyncio.gather(*tasks[1:]) == ["b", "b"]
    assert executed == ["a", "b"]
    assert share._flights == {}


async def test_the_first_waits_for_those_who_ask_in_the_same_moment() -> None:
    share: Share[str] = Share()
    joined: list[int] = []

    async def execute() -> str:
        joined.append(share.joined)
        return "once"

    assert await asyncio.gather(*(share.shared("key", execute) for _ in range(2))) == ["once", "once"]
    assert joined == [1], "not once, or before the second one had joined"


@pytest.mark.parametrize(
    "other",
    [
        Principal("b", USER, "secret"),
        Principal("a", frozenset({Role.ADMIN}), "secret"),
        Principal("a", None, "secret"),
        Principal("a", USER, "another"),
        Principal("a", USER),
        Principal("a", USER, "secret", unknown_key="secret"),
        Principal("a", USER, "secret", unknown_key="another"),
    ],
)
def test_whatever_differs_between_callers_is_in_the_key_but_no_secret(other: Principal) -> None:
    prepared = DOCUMENTS.prepare(ME)
    key, others = sharing_key(prepared, Principal("a", USER, "secret")), sharing_key(prepared, other)
    assert key != others
    assert "secret" not in repr((key, others))


def test_operations_and_variables_are_in_the_key() -> None:
    text = "query A($n: Boolean = true) { user @include(if: $n) { username } } query B { user { username } }"
    caller = Principal("a", USER, "secret")
    requests: list[tuple[str, dict[str, Any]]] = [
        ("A", {}),
        ("A", {"n": True}),
        ("A", {"n": 1}),
        ("A", {"n": False}),
        ("B", {}),
    ]
    keys = {sharing_key(DOCUMENTS.prepare(text, variables, name), caller) for name, variables in requests}
    assert len(keys) == 5
