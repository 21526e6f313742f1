"""Copies of the gateway that share a store agree on what they must, and go on without it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest

from gateway.auth.principal import fingerprint
from gateway.http.persisted.names import sha256_of
from gateway.sandbox.faults import Fault
from gateway.sandbox.invoke.seed import SPAM_ID
from gateway.sandbox.running import Sandbox
from tests.copies.over_a_store import copies
from tests.harness import Answer
from tests.invoke_gateway import INVOKE, most_in_a_second
from tests.persisting import named
from tests.programs import run
from tests.redis_server import RedisServer

FNGRAPH = Path(sys.executable).with_name("fngraph")
pytestmark = pytest.mark.slow

ME = "{ user { username } }"
RENAME = 'mutation { updateUser(input: {bio: "new"}) { username } }'
TRAINED = "{ trainedFunctions { id } }"
SPAM = {"input": {"functionId": SPAM_ID, "data": "free prize", "capture": False}}
ANSWERS = {"max_age_s": {"Query.user": 60, "Query.trainedFunctions": 60}, "public": ["Query.trainedFunctions"]}
MANY = {"points_per_second": 10_000_000, "burst_points": 100_000_000}


async def test_a_document_that_one_copy_was_told_is_known_to_all(
    sandbox: Sandbox, redis: RedisServer, tmp_path: Path
) -> None:
    sha256 = sha256_of(ME)
    async with copies(2, tmp_path, sandbox, redis) as both:
        first, second = both.each
        assert (await named(second, sha256)).errors == [("", "PERSISTED_QUERY_NOT_FOUND", None)]
        assert (await named(first, sha256, ME)).data == {"user": {"username": "yusuf"}}
        assert (await named(second, sha256)).data == {"user": {"username": "yusuf"}}
        async with redis.client() as client:
            (name,) = [name async for name in client.scan_iter("fngraph:apq:*")]
            await client.set(name, "{ user { id } }")
        assert (await named(second, sha256)).data == {"user": {"username": "yusuf"}}  # it remembers by itself


async def test_the_points_of_a_caller_are_those_of_all_copies_within_five_percent(
    sandbox: Sandbox, redis: RedisServer, tmp_path: Path
) -> None:
    # A request takes a million points; none come back in the time of this test.
    few = {"min_points": 1_000_000, "points_per_second": 1, "burst_points": 2_000_500_000}
    async with copies(3, tmp_path, sandbox, redis, callers=few) as three:
        statuses: list[int] = []

        async def ask() -> None:
            for _ in range(200):
                statuses.append((await three.post("{ __typename }")).status)

        await asyncio.gather(*(ask() for _ in range(12)))
        assert 2000 <= statuses.count(200) <= 2100
        assert statuses.count(200) + statuses.count(429) == 2400
        assert [(await copy.post("{ __typename }", key="user")).status for copy in three.each] == [200] * 3


async def test_points_are_counted_by_each_copy_while_the_store_is_away_and_together_when_it_is_back(
    sandbox: Sandbox, redis: RedisServer, tmp_path: Path
) -> None:
    few = {"min_points": 1_000_000, "points_per_second": 1, "burst_points": 3_500_000}
    async with copies(2, tmp_path, sandbox, redis, callers=few) as both:
        await redis.kill()
        await both.until(degraded=True)
        alone = [[(await copy.post("{ __typename }")).status for _ in range(4)] for copy in both.each]
        assert alone == [[200, 200, 200, 429]] * 2
        await redis.start()
        await both.until(degraded=False)
        first, second = both.each
        assert (await first.post("{ __typename }")).status == 429  # what it has counted itself, it has not forgotten
        assert [(await first.post("{ __typename }", key="user")).status for _ in range(3)] == [200] * 3
        await asyncio.sleep(0.5)
        # The other one hears of it with the first request that it lets through.
        await second.post("{ __typename }", key="user")
        await asyncio.sleep(0.5)
        assert (await second.post("{ __typename }", key="user")).status == 429


async def test_the_vendors_limits_hold_for_all_copies(sandbox: Sandbox, redis: RedisServer, tmp_path: Path) -> None:
    invoke = {"requests_per_second": 20, "concurrent": 5}
    async with copies(3, tmp_path, sandbox, redis, invoke=invoke) as three:
        await asyncio.gather(*(three.post(INVOKE, SPAM) for _ in range(3)))
        sandbox.invoke.log.clear()
        started_s = time.monotonic()
        answers = await asyncio.gather(*(three.post(INVOKE, SPAM) for _ in range(60)))
        took_s = time.monotonic() - started_s
        assert [answer.data["invokeFunction"]["labelName"] for answer in answers] == ["Spam"] * 60
        assert sandbox.invoke.log.peak_in_flight <= 5
        assert most_in_a_second(sandbox.invoke) <= 20
        assert took_s < 60 / 20 * 3  # three copies that each keep to a third of the limits would take as long
        asked = [request.path for request in sandbox.invoke.log]
        assert asked.count(f"/v1/functions/{SPAM_ID}/invoke") == 60


async def test_a_copy_that_dies_gives_its_places_back(sandbox: Sandbox, redis: RedisServer, tmp_path: Path) -> None:
    invoke = {"requests_per_second": 20, "concurrent": 2}
    async with copies(2, tmp_path, sandbox, redis, invoke=invoke) as both:
        dying, living = both.each
        for copy in both.each:
            assert (await copy.post(INVOKE, SPAM)).data["invokeFunction"]["labelName"] == "Spam"
        sandbox.invoke.faults.set(Fault("slow", delay_s=30, match="/invoke$", times=2))
        lost = [asyncio.create_task(dying.post(INVOKE, SPAM)) for _ in range(2)]
        async with asyncio.timeout(10):
            while sandbox.invoke.log.in_flight < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        asking = asyncio.create_task(living.post(INVOKE, SPAM))
        await asyncio.sleep(0.5)
        assert not asking.done()
        dying.process.kill()
        await asyncio.gather(*lost, return_exceptions=True)
        assert (await asyncio.wait_for(asking, 15)).data["invokeFunction"]["labelName"] == "Spam"


async def test_a_key_that_is_revoked_at_one_machine_is_refused_by_all_copies(
    sandbox: Sandbox, redis: RedisServer, tmp_path: Path
) -> None:
    async with copies(2, tmp_path, sandbox, redis) as both:
        assert [(await copy.post(ME, key="user")).status for copy in both.each] == [200, 200]
        elsewhere = {"FNGRAPH_STORE": redis.url}
        # It is in the settings of the copies, and in no file of this machine.
        await run(FNGRAPH, "keys", "revoke", fingerprint(sandbox.accounts.ada_key), cwd=tmp_path, **elsewhere)
        await asyncio.sleep(2.5)
        for copy in both.each:
            assert (await copy.post(ME, key="user")).errors == [("", "UNAUTHENTICATED", None)]
            assert (await copy.post(ME, key="admin")).status == 200
        await redis.kill()
        await redis.start()
        await both.until(degraded=False)
        await asyncio.sleep(2.5)
        async with redis.client() as client:
            assert await client.zcard("fngraph:revoked") == 1  # the copies have told it again
        assert [(await copy.post(ME, key="user")).status for copy in both.each] == [401, 401]


async def test_revoking_says_so_when_the_store_cannot_be_told(redis: RedisServer, tmp_path: Path) -> None:
    secret = (await run(FNGRAPH, "keys", "create", "robot", cwd=tmp_path)).split()[0]
    await redis.kill()
    process = await asyncio.create_subprocess_exec(
        FNGRAPH, "keys", "revoke", "robot", cwd=tmp_path, env={"FNGRAPH_STORE": redis.url, "PATH": ""},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 1
    assert f"fngraph keys revoke {fingerprint(secret)}" in said.decode()
    assert json.loads((tmp_path / "fngraph-keys.json").read_text()) == []


async def test_an_answer_that_one_copy_has_kept_is_given_by_all(
    sandbox: Sandbox, redis: RedisServer, tmp_path: Path
) -> None:
    async with copies(2, tmp_path, sandbox, redis, answers=ANSWERS) as both:
        first, second = both.each
        for key, name in (("admin", "yusuf"), ("user", "ada")):
            for copy in (first, second, first, second):
                assert (await copy.post(ME, key=key)).data == {"user": {"username": name}}
        assert first.counts == {"prediction": 2}
        for key in ("admin", "user"):
            for copy in (first, second):
                assert len((await copy.post(TRAINED, key=key)).data["trainedFunctions"]) > 1
        assert first.counts == {"prediction": 2, "invoke": 1}


async def test_a_mutation_drops_the_callers_private_answers_at_all_copies(
    sandbox: Sandbox, redis: RedisServer, tmp_path: Path
) -> None:
    async with copies(2, tmp_path, sandbox, redis, answers=ANSWERS) as both:
        first, second = both.each
        for copy in (first, second):
            for key in ("admin", "user"):
                await copy.post(ME, key=key)
        await first.post(RENAME, key="user")
        before = first.counts["prediction"]
        for copy in (second, first):
            for key in ("admin", "user"):
                await copy.post(ME, key=key)
        assert first.counts["prediction"] == before + 1


async def test_a_mutation_while_the_store_is_away_drops_them_when_it_is_back(
    sandbox: Sandbox, redis: RedisServer, tmp_path: Path
) -> None:
    async with copies(2, tmp_path, sandbox, redis, answers=ANSWERS) as both:
        first, second = both.each
        await first.post(ME)
        await second.post(ME)
        assert first.counts == {"prediction": 1}
        redis.freeze()
        await both.until(degraded=True)
        await first.post(RENAME)
        redis.thaw()
        await both.until(degraded=False)
        await asyncio.sleep(1.0)
        before = first.counts["prediction"]
        await second.post(ME)
        assert first.counts["prediction"] == before + 1


async def test_one_copy_asks_for_the_token_of_all(sandbox: Sandbox, redis: RedisServer, tmp_path: Path) -> None:
    async with copies(3, tmp_path, sandbox, redis) as three:
        answers = await asyncio.gather(*(three.post(TRAINED, key=key) for key in ("admin", "user") * 6))
        assert all(len(answer.data["trainedFunctions"]) > 1 for answer in answers)
        assert sandbox.invoke.log.lines.count("POST /connect/token") == 1


async def test_no_secret_and_no_private_text_lies_in_the_store(
    sandbox: Sandbox, redis: RedisServer, tmp_path: Path
) -> None:
    slow = {"points_per_second": 100}  # so that what is counted is still there at the end
    text = "query Canary { user { username } }"
    async with copies(2, tmp_path, sandbox, redis, callers=slow, answers=ANSWERS) as both:
        for key in ("admin", "user", "sk-unknown-canary"):
            for document in (text, TRAINED, RENAME):
                await both.post(document, key=key)
                await both.post(document, key=key)
        await named(both.each[0], sha256_of(ME), ME)
        await both.post(INVOKE, SPAM)
        await asyncio.sleep(0.1)
        content = await redis.content()
    tokens = {
        value.removeprefix("Bearer ")
        for request in sandbox.invoke.log
        if (value := request.headers.get("Authorization", "")).startswith("Bearer ")
    }
    kinds = {name.split(b":")[1] for name in content}
    assert kinds == {b"account", b"answer", b"apq", b"mark", b"points", b"probe", b"token"}
    assert len(tokens) == 1
    accounts = sandbox.accounts
    secrets = [accounts.yusuf_key, accounts.ada_key, accounts.nyckel_client_secret, "sk-unknown-canary", *tokens]
    lying = b"\n".join(part for pair in content.items() for part in pair)
    assert [secret for secret in secrets if secret.encode() in lying] == []
    names = b"\n".join(content)
    assert [text for text in ("Canary", "username", "yusuf", "127.0.0.1") if text.encode() in names] == []


async def under_load(post: Callable[[str, str], Awaitable[Answer]], meanwhile: Awaitable[None]) -> list[int]:
    """The statuses of what was asked while ``meanwhile`` ran, for some time before it and after it."""
    statuses: list[int] = []
    ended = False

    async def ask(number: int) -> None:
        while not ended:
            document = (ME, TRAINED, f"{{ user {{ username }} a{len(statuses)}: __typename }}")[number % 3]
            answer = await post(document, ("admin", "user")[number % 2])
            statuses.append(answer.status if "errors" not in answer.body else 0)

    asking = [asyncio.create_task(ask(number)) for number in range(9)]
    await asyncio.sleep(1.0)
    await meanwhile
    await asyncio.sleep(1.0)
    ended = True
    await asyncio.gather(*asking)
    return statuses


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_no_request_is_lost_when_the_store_goes_and_comes_back_under_load(
    how: str, sandbox: Sandbox, redis: RedisServer, tmp_path: Path
) -> None:
    settings = {"answers": ANSWERS, "callers": MANY, "store_timeout_s": "0.05"}

    async def goes_and_comes_back() -> None:
        if how == "killed":
            await redis.kill()
        else:
            redis.freeze()
        await three.until(degraded=True)
        await asyncio.sleep(1.0)
        if how == "killed":
            await redis.start()
        else:
            redis.thaw()
        await three.until(degraded=False)

    async with copies(3, tmp_path, sandbox, redis, **settings) as three:
        statuses = await under_load(lambda document, key: three.post(document, key=key), goes_and_comes_back())
        assert set(statuses) == {200}
        assert len(statuses) > 300
        for copy in three.each:
            said = [line["event"] for line in copy.logged if line["event"].startswith("store is")]
            assert said[:2] == ["store is away: going on with this copy's own memory", "store is back"]


async def test_two_of_three_copies_die_in_turn_and_no_request_is_lost_that_is_sent_again(
    sandbox: Sandbox, redis: RedisServer, tmp_path: Path
) -> None:
    turns = itertools.count()
    async with copies(3, tmp_path, sandbox, redis, answers=ANSWERS, callers=MANY) as three:

        async def balanced(document: str, key: str) -> Answer:
            """As a balancer does with queries: what finds no copy, or loses it, goes to the next one."""
            first = next(turns)
            for copy in (three.each[(first + number) % 3] for number in range(3)):
                with contextlib.suppress(aiohttp.ClientError):
                    return await copy.post(document, key=key)
            raise AssertionError("no copy is left")

        async def dying() -> None:
            for copy in three.each[:2]:
                copy.process.kill()
                await asyncio.sleep(1.0)

        statuses = await under_load(balanced, dying())
        assert set(statuses) == {200}
        assert len(statuses) > 300
        assert (await three.each[2].post(ME)).status == 200
