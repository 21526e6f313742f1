"""Tokens of an identity provider: whose they are, and which are refused."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from msgspec.structs import replace

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.sandbox.server import SandboxServer
from gateway.settings import JwtSettings, Settings
from tests.harness import Gateway, serving

PATIENCE_S = 10.0
ISSUER = "https://login.example"
DEPLOYMENTS = "{ deployments(input: {count: 1}) { id } }"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(SandboxServer):
    """An identity provider that publishes one key."""

    def __init__(self) -> None:
        async def key_set(_: web.Request) -> web.Response:
            public = json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))
            return web.json_response({"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]})

        super().__init__("provider", [web.get("/jwks", key_set)])


def token(key: rsa.RSAPrivateKey = KEY, kid: str = "one", algorithm: str = "RS256", **claims: Any) -> str:
    standard = {"iss": ISSUER, "aud": "fngraph", "sub": "ada", "exp": time.time() + 60}
    members = {name: value for name, value in {**standard, **claims}.items() if value is not None}
    return jwt.encode(members, key, algorithm=algorithm, headers={"kid": kid})


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    provider = Provider()
    await provider.start()
    yield provider
    await provider.stop()


@contextlib.asynccontextmanager
async def trusting(
    provider: Provider, sandbox: Sandbox, settings: Settings, timeout_s: float = 0.5
) -> AsyncIterator[Gateway]:
    trusted = JwtSettings(jwks_url=provider.url + "/jwks", issuer=ISSUER, audience="fngraph", timeout_s=timeout_s)
    changes = {"order": ["jwt"], "jwt": trusted, "authorization_urls": []}
    auth = replace(settings.auth, **changes)
    async with serving(replace(settings, auth=auth), sandbox) as gateway:
        yield gateway


async def test_a_token_lets_its_bearer_in_and_the_keys_are_fetched_once(
    provider: Provider, sandbox: Sandbox, settings: Settings
) -> None:
    async with trusting(provider, sandbox, settings) as gateway:
        for _ in range(3):
            assert (await gateway.post(DEPLOYMENTS, key=token())).status == 200
    assert provider.log.lines == ["GET /jwks"]


async def test_who_calls_must_be_found_out_in_the_time_of_an_operation(
    provider: Provider, sandbox: Sandbox, settings: Settings
) -> None:
    provider.faults.set(Fault("slow", delay_s=PATIENCE_S))
    hasty = replace(settings, limits=replace(settings.limits, operation_timeout_s=0.2))
    async with trusting(provider, sandbox, hasty, timeout_s=PATIENCE_S) as gateway:
        answer = await gateway.post(DEPLOYMENTS, key=token())
    assert (answer.status, answer.errors) == (504, [("", "UPSTREAM_TIMEOUT", None)])
    assert len(sandbox.deployment.log) == 0


async def test_nothing_runs_for_a_client_that_left_before_it_was_known(
    provider: Provider, sandbox: Sandbox, settings: Settings
) -> None:
    provider.faults.set(Fault("slow", delay_s=0.3))
    async with trusting(provider, sandbox, settings) as gateway:
        asked = asyncio.ensure_future(gateway.post(DEPLOYMENTS.replace("1", "2"), key=token()))
        while not provider.log.requests:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        asked.cancel()
        assert (await gateway.post(DEPLOYMENTS, key=token())).status == 200
    assert len(sandbox.deployment.log) == 1


async def test_a_token_is_not_forwarded_to_an_upstream(
    provider: Provider, sandbox: Sandbox, settings: Settings
) -> None:
    async with trusting(provider, sandbox, settings) as gateway:
        await gateway.post('{ predictor(input: {tag: "@fxn/greeting"}) { name } }', key=token())
    assert ["Authorization" in request.headers for request in sandbox.prediction.log] == [False]


def unsigned() -> str:
    return jwt.encode({"iss": ISSUER, "aud": "fngraph", "sub": "ada", "exp": time.time() + 60}, "", algorithm="none")


@pytest.mark.parametrize(
    "made",
    [
        lambda: token(exp=time.time() - 60), lambda: token(exp=None), lambda: token(iss="https://other.example"),
        lambda: token(aud="other"), lambda: token(sub=None), lambda: token(OTHER_KEY), lambda: token(kid="two"),
        lambda: token(nbf=time.time() + 60), lambda: token()[:-4] + "AAAA", lambda: "a.b.c", lambda: "not-a-token",
        unsigned, lambda: token(algorithm="PS256"),
    ],
)  # fmt: skip
async def test_a_token_that_is_not_right_is_refused_and_reaches_no_upstream(
    provider: Provider, sandbox: Sandbox, settings: Settings, made: Any
) -> None:
    presented = made()
    async with trusting(provider, sandbox, settings) as gateway:
        answer = await gateway.post(DEPLOYMENTS, key=presented)
    assert answer.status == 401
    assert presented not in str(answer.body)
    assert gateway.counts == {}


async def test_made_up_key_ids_do_not_make_the_provider_work(
    provider: Provider, sandbox: Sandbox, settings: Settings
) -> None:
    async with trusting(provider, sandbox, settings) as gateway:
        for number in range(20):
            assert (await gateway.post(DEPLOYMENTS, key=token(kid=str(number)))).status == 401
    assert provider.log.lines == ["GET /jwks"]


async def test_a_provider_that_is_down_is_named_as_the_reason(
    provider: Provider, sandbox: Sandbox, settings: Settings
) -> None:
    async with trusting(provider, sandbox, settings) as gateway:
        await provider.stop()
        answer = await gateway.post(DEPLOYMENTS, key=token())
    assert (answer.status, answer.errors) == (502, [("", "UPSTREAM_UNAVAILABLE", None)])
