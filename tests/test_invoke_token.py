"""The token of client credentials: one renewal at a time, early, and none of its failure's text told."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from msgspec.structs import replace

from gateway.auth.principal import ANONYMOUS
from gateway.auth.tokens import TokenCache
from gateway.errors import GatewayError, Unauthenticated, UpstreamInvalid, UpstreamUnavailable
from gateway.sandbox.faults import Fault
from gateway.sandbox.invoke.seed import SPAM_ID
from gateway.sandbox.running import Sandbox
from gateway.sandbox.server import SandboxServer
from gateway.settings import ClientCredentials, InvokeSettings, Secret, Settings
from tests.harness import Gateway, serving, with_upstream
from tests.invoke_gateway import INVOKE, invoked, invoking, lines, tokens_asked

SECRET = "canary-client-secret"


@dataclass
class TokenEndpoint:
    """Issues ``t1``, ``t2`` and so on after ``delay_s``; ``answer`` holds further members, or replaces it by bytes."""

    session: aiohttp.ClientSession
    delay_s: float = 0.0
    answer: Any = field(default_factory=lambda: {"expires_in": 3600})
    status: int = 200
    server: SandboxServer = field(init=False)

    def __post_init__(self) -> None:
        self.server = SandboxServer("tokens", [web.post("/connect/token", self._issue)])

    async def _issue(self, _: web.Request) -> web.Response:
        number = len(self.server.log)
        await asyncio.sleep(self.delay_s)
        if isinstance(self.answer, bytes):
            return web.Response(body=self.answer, status=self.status)
        return web.json_response({"access_token": f"t{number}"} | self.answer, status=self.status)

    def cache(self, renew_early_s: float = 60.0) -> TokenCache:
        secret = Secret(SECRET)
        credentials = ClientCredentials(
            scheme="client_credentials", client_id="id", client_secret=secret, renew_early_s=renew_early_s
        )
        return TokenCache(credentials, InvokeSettings(url=self.server.url, total_timeout_s=1.0), self.session)

    @property
    def asked(self) -> int:
        return len(self.server.log)


@contextlib.asynccontextmanager
async def token_endpoint() -> AsyncIterator[TokenEndpoint]:
    async with aiohttp.ClientSession() as session:
        endpoint = TokenEndpoint(session)
        await endpoint.server.start()
        yield endpoint
        await endpoint.server.stop()


@pytest.fixture
async def endpoint() -> AsyncIterator[TokenEndpoint]:
    async with token_endpoint() as endpoint:
        yield endpoint


async def test_fifty_callers_at_once_ask_for_one_token(endpoint: TokenEndpoint) -> None:
    endpoint.delay_s = 0.1
    cache = endpoint.cache()
    assert await asyncio.gather(*(cache.secret(ANONYMOUS) for _ in range(50))) == ["t1"] * 50
    assert endpoint.asked == 1
    body = endpoint.server.log.requests[0].body
    assert body == f"client_id=id&client_secret={SECRET}&grant_type=client_credentials".encode()


async def test_a_caller_who_leaves_does_not_end_the_renewal_for_the_others(endpoint: TokenEndpoint) -> None:
    endpoint.delay_s = 0.1
    cache = endpoint.cache()
    first, second = (asyncio.create_task(cache.secret(ANONYMOUS)) for _ in range(2))
    await asyncio.sleep(0.02)
    first.cancel()
    assert await second == "t1"
    assert endpoint.asked == 1


async def test_a_failure_is_shared_by_those_who_wait_and_forgotten_after(endpoint: TokenEndpoint) -> None:
    endpoint.delay_s, endpoint.status = 0.1, 500
    cache = endpoint.cache()
    failed = await asyncio.gather(*(cache.secret(ANONYMOUS) for _ in range(50)), return_exceptions=True)
    assert {type(error) for error in failed} == {UpstreamUnavailable}
    assert endpoint.asked == 1
    endpoint.status = 200
    assert await cache.secret(ANONYMOUS) == "t2"


async def test_a_slow_endpoint_costs_every_waiting_caller_one_time_limit(endpoint: TokenEndpoint) -> None:
    endpoint.delay_s = 30
    cache = endpoint.cache()
    started_s = asyncio.get_running_loop().time()
    failed = await asyncio.gather(*(cache.secret(ANONYMOUS) for _ in range(50)), return_exceptions=True)
    assert [error for error in failed if not isinstance(error, TimeoutError)] == []
    assert asyncio.get_running_loop().time() - started_s < 2
    assert endpoint.asked == 1


async def test_a_token_is_renewed_early_while_it_still_serves(endpoint: TokenEndpoint) -> None:
    endpoint.answer = {"expires_in": 60}
    cache = endpoint.cache(renew_early_s=59.9)  # capped: a token serves for half of its life at least
    assert await cache.secret(ANONYMOUS) == "t1"
    assert await cache.secret(ANONYMOUS) == "t1"
    endpoint.answer = {"expires_in": 2}
    short = endpoint.cache()
    assert await short.secret(ANONYMOUS) == "t2"
    await asyncio.sleep(1.05)
    endpoint.delay_s = 0.1
    assert await short.secret(ANONYMOUS) == "t2"  # nobody waits for the renewal that this starts
    await asyncio.sleep(0.2)
    assert await short.secret(ANONYMOUS) == "t3"
    assert endpoint.asked == 3


async def test_an_early_renewal_that_fails_harms_nobody_and_is_not_repeated_at_once(endpoint: TokenEndpoint) -> None:
    endpoint.answer = {"expires_in": 4}
    cache = endpoint.cache()
    assert await cache.secret(ANONYMOUS) == "t1"
    await asyncio.sleep(2.05)
    endpoint.status = 500
    for _ in range(5):
        assert await cache.secret(ANONYMOUS) == "t1"
        await asyncio.sleep(0.02)
    assert endpoint.asked == 2


@pytest.mark.parametrize("expires_in", [-5, 0, 0.001])
async def test_a_token_that_has_ended_already_serves_for_a_second_all_the_same(
    endpoint: TokenEndpoint, expires_in: float
) -> None:
    endpoint.answer = {"expires_in": expires_in}
    cache = endpoint.cache()
    assert [await cache.secret(ANONYMOUS) for _ in range(20)] == ["t1"] * 20
    assert endpoint.asked == 1


@pytest.mark.parametrize("members", [{}, {"expires_in": 1e300}, {"expires_in": 10**17}, {"scope": ["x"]}])
async def test_a_lifetime_that_is_missing_or_huge_is_no_problem(endpoint: TokenEndpoint, members: Any) -> None:
    endpoint.answer = members
    cache = endpoint.cache()
    assert [await cache.secret(ANONYMOUS) for _ in range(3)] == ["t1"] * 3
    assert endpoint.asked == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"<html>", b"[]", b"null", b'{"access_token": 5}', b'{"access_token": ""}', b"\xff\xfe", b"[" * 50_000,
        b'{"access_token": "a b"}', b'{"access_token": "a\\r\\nX: 1"}', b'{"access_token": "t", "expires_in": "x"}',
        b'{"access_token": "t", "expires_in": 1e999}', b'{"access_token": "t", "expires_in": null}',
        b'{"access_token": "' + SECRET.encode() + b"\xff" + b'"}',
    ],
)  # fmt: skip
async def test_a_malformed_token_is_the_upstreams_fault_and_is_not_told(endpoint: TokenEndpoint, answer: bytes) -> None:
    endpoint.answer = answer
    with pytest.raises(UpstreamInvalid) as raised:
        await endpoint.cache().secret(ANONYMOUS)
    assert SECRET not in repr(raised.value.args)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Unauthenticated), (401, Unauthenticated), (403, Unauthenticated), (302, UpstreamUnavailable),
     (429, UpstreamUnavailable), (500, UpstreamUnavailable), (503, UpstreamUnavailable)],
)  # fmt: skip
async def test_what_a_refusal_says_is_not_told(endpoint: TokenEndpoint, status: int, kind: type[GatewayError]) -> None:
    endpoint.answer, endpoint.status = {"error": SECRET}, status
    with pytest.raises(kind) as raised:
        await endpoint.cache().secret(ANONYMOUS)
    assert SECRET not in str(raised.value)


async def test_an_endless_answer_is_cut_off(endpoint: TokenEndpoint) -> None:
    endpoint.server.faults.set(Fault("endless"))
    with pytest.raises(UpstreamInvalid):
        await endpoint.cache().secret(ANONYMOUS)


def aged(settings: Settings, renew_refused_after_s: float) -> Settings:
    credential = settings.invoke.credential
    assert isinstance(credential, ClientCredentials)
    changed = replace(credential, renew_refused_after_s=renew_refused_after_s)
    return with_upstream(settings, "invoke", credential=changed)


async def test_a_token_that_is_refused_is_renewed_once_for_all_and_the_requests_are_repeated(
    sandbox: Sandbox, settings: Settings
) -> None:
    async with serving(aged(settings, 0.01), sandbox) as gateway:
        await invoked(gateway, SPAM_ID, "hello")
        await asyncio.sleep(0.02)
        gateway.sandbox.invoke.log.clear()
        unauthorized = Fault("status", match="/invoke$", times=5, status=401, body={"message": "Unauthorized"})
        gateway.sandbox.invoke.faults.set(unauthorized)
        outputs = await asyncio.gather(*(invoked(gateway, SPAM_ID, "hello", capture=True) for _ in range(5)))
        assert {output["labelName"] for output in outputs} == {"Not spam"}
        assert (len(lines(gateway)), tokens_asked(gateway)) == (10, 1)


async def test_a_new_token_that_is_refused_is_not_followed_by_another(gateway: Gateway) -> None:
    await gateway.post("{ trainedFunctions(input: {count: 1}) { id } }")
    gateway.sandbox.invoke.faults.set(Fault("status", match="/v1/", status=401, body={"message": "Unauthorized"}))
    for _ in range(3):
        answer = await gateway.post(INVOKE, {"input": {"functionId": SPAM_ID, "data": "x"}})
        assert answer.errors == [("invokeFunction", "UNAUTHENTICATED", "invoke")]
    assert tokens_asked(gateway) == 1


async def test_an_upstream_that_refuses_every_token_gets_one_more_attempt_a_request(
    sandbox: Sandbox, settings: Settings
) -> None:
    async with serving(aged(settings, 0.01), sandbox) as gateway:
        await gateway.post("{ trainedFunctions(input: {count: 1}) { id } }")
        await asyncio.sleep(0.02)
        gateway.sandbox.invoke.log.clear()
        gateway.sandbox.invoke.faults.set(Fault("status", match="/v1/", status=401, body={"message": "Unauthorized"}))
        answer = await gateway.post("{ trainedFunctions(input: {count: 1}) { id } }")
        assert answer.errors == [("trainedFunctions", "UNAUTHENTICATED", "invoke")]
        assert (len(lines(gateway)), tokens_asked(gateway)) == (2, 1)


async def test_a_gateway_outlives_its_tokens(sandbox: Sandbox, settings: Settings, tmp_path: Path) -> None:
    async with invoking(sandbox, settings, tmp_path / "invoke", token_lifetime_s=1) as gateway:
        for _ in range(3):
            assert (await invoked(gateway, SPAM_ID, "hello"))["labelName"] == "Not spam"
            await asyncio.sleep(0.6)
        assert len(lines(gateway)) == 4


async def test_no_secret_is_in_an_answer_an_error_or_the_log(
    gateway: Gateway, capfd: pytest.CaptureFixture[str]
) -> None:
    said = []
    token = ""
    for fault in (
        None,
        Fault("status", match="/v1/", status=500, body={"message": "x"}),
        Fault("reset_in_header", match="/v1/"),
        Fault("bad_json", match="/v1/"),
    ):
        gateway.sandbox.invoke.faults.set(*([fault] if fault else []))
        answer = await gateway.post(INVOKE, {"input": {"functionId": SPAM_ID, "data": "x", "output": "Classification"}})
        said.append(json.dumps(answer.body))
    for request in gateway.sandbox.invoke.log:
        token = request.headers.get("Authorization", token).removeprefix("Bearer ")
    said.append("".join(capfd.readouterr()))
    assert len(token) == 43
    for hidden in (token, gateway.sandbox.accounts.nyckel_client_secret, gateway.sandbox.accounts.nyckel_client_id):
        assert [text for text in said if hidden in text] == []
