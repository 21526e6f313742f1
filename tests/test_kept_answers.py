"""Answers that may be kept are given again while they are young enough, to those whom they belong to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.http.answer_age import Age, Ages
from gateway.http.documents import Documents
from gateway.http.engine import Engine
from gateway.http.kept_answers import KeptAnswers
from gateway.http.sharing import Key
from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import AnswerSettings, LimitSettings, Settings, SettingsError, read
from schema import build_schema
from tests.harness import Gateway, serving

STRAWBERRY = build_schema()
SCHEMA = STRAWBERRY._schema
ME = "{ user { username } }"
RENAME = 'mutation { updateUser(input: {bio: "new"}) { username } }'


def age_of(text: str, max_age_s: dict[str, float], public: tuple[str, ...] = ()) -> Age:
    executable = Documents(SCHEMA, LimitSettings()).prepare(text).executable
    settings = AnswerSettings(max_age_s=max_age_s, public=list(public))
    return Ages(SCHEMA, settings).of(executable.document, executable.node)


@pytest.mark.parametrize(
    ("document", "max_age_s", "seconds"),
    [
        (ME, {"User": 30}, 0),  # the root field answers a Profile
        (ME, {"Query.user": 30}, 30),
        (ME, {"Profile": 20}, 20),
        (ME, {"Query.user": 30, "Profile": 20}, 30),
        ("{ user { username } functions { id } }", {"Query.user": 30}, 0),
        ("{ functions { id owner { name } } }", {"Query.functions": 30}, 30),
        ("{ functions { id owner { name } } }", {"Query.functions": 30, "Function.owner": 5}, 5),
        ("{ functions { id } }", {"Query.functions": 30, "Function.id": 5}, 5),
        ("{ ...F } fragment F on Query { user { username } functions { id } }", {"Query.user": 9}, 0),
        ("{ ... on Query { user { username } } }", {"Query.user": 9}, 9),
        ("{ __typename user { username } }", {"Query.user": 9}, 9),
        ("{ __typename }", {"Query.user": 9}, 0),
        (ME, {"Query.user": 0}, 0),
    ],
)
def test_an_answer_is_as_old_as_its_shortest_lived_part_may_be(
    document: str, max_age_s: dict[str, float], seconds: float
) -> None:
    assert age_of(document, max_age_s).seconds == seconds


def test_an_answer_is_public_if_all_its_root_fields_are() -> None:
    ages = {"Query.user": 9.0, "Query.functions": 9.0}
    both = "{ user { username } functions { id } }"
    assert age_of("{ functions { id } }", ages, ("Query.functions",)).public
    assert not age_of(both, ages, ("Query.functions",)).public
    assert age_of(both, ages, ("Query.functions", "Query.user")).public


@pytest.mark.parametrize("answers", [{"max_age_s": {"Query.nothing": 1}}, {"public": ["Nothing"]}])
def test_a_name_that_the_schema_does_not_have_is_told_at_start(answers: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="the schema has no"):
        Engine(STRAWBERRY, read(Settings, {"answers": answers}))


class Answer:
    flawless = True

    def __init__(self, size: int) -> None:
        self.content = bytes(size)


def test_what_is_kept_ends_with_its_age_and_stays_within_its_bytes() -> None:
    now_s = [0.0]
    kept: KeptAnswers[Answer] = KeptAnswers(10_000, clock=lambda: now_s[0])
    age = Age(5.0, public=False)
    for number in range(20):
        kept.put(Key(number, b"", "caller"), age, Answer(1000))
    assert [kept.get(Key(number, b"", "caller"), age) is not None for number in range(20)] == [False] * 15 + [True] * 5
    kept.put(Key("huge", b"", "caller"), age, Answer(10_000))
    assert kept.get(Key("huge", b"", "caller"), age) is None
    now_s[0] = 5.0
    assert kept.get(Key(19, b"", "caller"), age) is None


@pytest.fixture
async def keeping(sandbox: Sandbox, settings: Settings) -> AsyncIterator[Gateway]:
    answers = AnswerSettings(
        max_age_s={"Query.user": 60, "Query.trainedFunctions": 60}, public=["Query.trainedFunctions"]
    )
    async with serving(replace(settings, answers=answers), sandbox) as gateway:
        yield gateway


async def test_a_kept_answer_makes_no_upstream_request(keeping: Gateway) -> None:
    answers = [await keeping.post(ME) for _ in range(3)]
    assert [answer.data["user"]["username"] for answer in answers] == ["yusuf"] * 3
    assert keeping.counts == {"prediction": 1}


async def test_a_private_answer_is_not_given_to_another_caller(keeping: Gateway) -> None:
    names = [(await keeping.post(ME, key=key)).data["user"]["username"] for key in ("admin", "user", "admin", "user")]
    assert names == ["yusuf", "ada", "yusuf", "ada"]
    assert keeping.counts == {"prediction": 2}


async def test_a_public_answer_is_given_to_every_caller(keeping: Gateway) -> None:
    for key in ("admin", "user", "admin"):
        assert (await keeping.post("{ trainedFunctions { id } }", key=key)).data["trainedFunctions"]
    assert keeping.counts == {"invoke": 1}


async def test_a_callers_mutation_drops_what_is_private_to_that_caller(keeping: Gateway) -> None:
    for key in ("admin", "user"):
        await keeping.post(ME, key=key)
    await keeping.post(RENAME, key="user")
    before = keeping.counts["prediction"]
    for key in ("admin", "user"):
        await keeping.post(ME, key=key)
    assert keeping.counts["prediction"] == before + 1


async def test_an_answer_is_not_kept_if_the_caller_changed_something_meanwhile(keeping: Gateway) -> None:
    keeping.sandbox.prediction.faults.set(Fault("slow", delay_s=0.5, times=1))
    reading = asyncio.create_task(keeping.post(ME))
    await asyncio.sleep(0.1)
    await keeping.post(RENAME)
    assert (await reading).data["user"]["username"] == "yusuf"
    before = keeping.counts["prediction"]
    await keeping.post(ME)
    await keeping.post(ME)
    assert keeping.counts["prediction"] == before + 1


async def test_an_answer_with_errors_is_not_kept(keeping: Gateway) -> None:
    keeping.sandbox.prediction.faults.set(Fault("status", status=500, times=1))
    assert (await keeping.post(ME)).body["errors"]
    assert (await keeping.post(ME)).data["user"]["username"] == "yusuf"
