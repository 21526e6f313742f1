"""Who calls, and what that lets them do. A refusal sends nothing to any upstream but the one that judges keys."""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.auth.keys import LOOK_S, KeysFile, new_key
from gateway.roles import Role
from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import PerUserCredential, Settings, read
from tests.harness import Gateway, serving, with_upstream

ME = "{ user { username } }"
DEPLOYMENTS = "{ deployments(input: {count: 1}) { id } }"
SUBSCRIBERS = "@samplefxn/some-predictor"
PREDICT = """mutation ($tag: Tag!) {
  createPrediction(input: {tag: $tag, client: "test", inputs: [{name: "name", stringValue: "Ada"}]}) {
    results { stringValue } error
  }
}"""


def with_auth(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, auth=replace(settings.auth, **changes))


def upstream_only(settings: Settings, **changes: Any) -> Settings:
    return with_auth(settings, order=["upstream"], keys=[], authorization_urls=[], **changes)


async def test_credentials_of_the_gateway_are_not_used_for_anonymous_callers(gateway: Gateway) -> None:
    answer = await gateway.post(DEPLOYMENTS, key=None)
    assert answer.errors == [("deployments", "UNAUTHENTICATED", "deployment")]
    assert gateway.counts == {}


async def test_credentials_of_the_gateway_are_not_used_for_an_unknown_key(gateway: Gateway) -> None:
    answer = await gateway.post(DEPLOYMENTS, key="sk-unknown")
    assert answer.errors == [("deployments", "UNAUTHENTICATED", "prediction")]
    assert gateway.sandbox.prediction.log.lines == ["GET /user"]
    assert gateway.counts == {"prediction": 1}


async def test_the_upstream_is_asked_once_whose_key_it_is(sandbox: Sandbox, settings: Settings) -> None:
    async with serving(upstream_only(settings), sandbox) as gateway:
        for _ in range(3):
            assert len((await gateway.post(DEPLOYMENTS, key="user")).data["deployments"]) == 1
    assert sandbox.prediction.log.lines == ["GET /user"]


async def test_a_key_that_the_upstream_refused_is_asked_again(sandbox: Sandbox, settings: Settings) -> None:
    async with serving(upstream_only(settings), sandbox) as gateway:
        sandbox.prediction.faults.set(Fault("status", status=401, times=1))
        assert (await gateway.post(DEPLOYMENTS, key="user")).status == 401
        assert (await gateway.post(DEPLOYMENTS, key="user")).status == 200


async def test_keys_known_to_the_gateway_need_no_upstream(gateway: Gateway) -> None:
    await gateway.sandbox.prediction.stop()
    assert (await gateway.post(DEPLOYMENTS, key="user")).status == 200


async def test_a_key_that_may_not_be_forwarded_stays(sandbox: Sandbox, settings: Settings) -> None:
    keys = [replace(key, forward=False) for key in settings.auth.keys]
    async with serving(with_auth(settings, keys=keys), sandbox) as gateway:
        answer = await gateway.post(ME, key="admin")
    assert answer.errors == [("user", "UNAUTHENTICATED", "prediction")]
    assert all("Authorization" not in request.headers for request in sandbox.prediction.log)


async def test_a_key_from_the_file_works_until_it_is_revoked(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    secret, key = new_key("robot", Role.USER, forward=False)
    file = KeysFile(tmp_path / "keys.json")
    async with serving(
        with_auth(settings, order=["keys"], authorization_urls=[], keys_file=tmp_path / "keys.json"), sandbox
    ) as gateway:
        assert (await gateway.post(DEPLOYMENTS, key=secret)).status == 401
        file.write([key])
        await asyncio.sleep(2 * LOOK_S)
        assert (await gateway.post(DEPLOYMENTS, key=secret)).status == 200
        file.write([])
        await asyncio.sleep(2 * LOOK_S)
        assert (await gateway.post(DEPLOYMENTS, key=secret)).status == 401
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("key", ["sk-" + "k" * 10_000, "ключ", "\x07"])
async def test_a_malformed_key_is_refused_and_reaches_no_upstream(gateway: Gateway, key: str) -> None:
    basic = base64.b64encode(f"{key}:".encode()).decode()
    async with gateway.session.post(
        gateway.url + "/graph", json={"query": ME}, headers={"Authorization": f"Basic {basic}"}
    ) as response:
        assert response.status == 401
        assert key not in await response.text()
    assert gateway.counts == {}


async def test_each_caller_gets_its_own_credential_per_user(sandbox: Sandbox, settings: Settings) -> None:
    secrets = {"key:yusuf": sandbox.accounts.ada_key}
    swapped = read(PerUserCredential, {"scheme": "per_user", "secrets": secrets})
    async with serving(with_upstream(settings, "prediction", credential=swapped), sandbox) as gateway:
        assert (await gateway.post(ME, key="admin")).data == {"user": {"username": "ada"}}
        sandbox.prediction.log.clear()
        assert (await gateway.post(ME, key="user")).errors == [("user", "FORBIDDEN", "prediction")]
    assert gateway.counts == {}


async def test_no_caller_sees_what_another_callers_credential_fetched(gateway: Gateway) -> None:
    document = "{ user { username ... on User { email } predictors(input: {count: 1}) { tag } } }"

    async def ask(key: str, username: str) -> None:
        answer = await gateway.post(document, key=key)
        assert (answer.data["user"]["username"], answer.data["user"]["email"][:3]) == (username, username[:3])

    for _ in range(200):
        await asyncio.gather(ask("admin", "yusuf"), ask("user", "ada"))


async def test_an_owners_authorization_url_lets_a_subscriber_predict_on_the_owners_credential(gateway: Gateway) -> None:
    answer = await gateway.post(PREDICT, {"tag": SUBSCRIBERS}, key="letmein")
    assert answer.data["createPrediction"] == {"results": [{"stringValue": "Hello, Ada!"}], "error": None}
    asked, judged, predicted = gateway.sandbox.prediction.log
    assert (str(asked), str(judged)) == ("GET /user", "POST /authorize")
    assert judged.body == b'{"tag": "@samplefxn/some-predictor", "accessKey": "letmein"}'
    assert predicted.headers["Authorization"] == f"Bearer {gateway.sandbox.accounts.samplefxn_key}"


@pytest.mark.parametrize("key", ["guess", "🙃 any text", "ключ"])
async def test_the_owners_text_is_relayed_word_for_word(gateway: Gateway, key: str) -> None:
    answer = await gateway.post(PREDICT, {"tag": SUBSCRIBERS}, key=key)
    assert answer.status == 403
    [error] = answer.body["errors"]
    assert error["message"] == "This access key has no subscription 🙃"
    assert error["extensions"]["service"] == "authorization_url"
    assert not any(request.path.startswith("/predict") for request in gateway.sandbox.prediction.log)


async def test_a_key_that_the_upstream_knows_is_not_shown_to_the_owner(gateway: Gateway) -> None:
    await gateway.post(PREDICT, {"tag": SUBSCRIBERS}, key="user")
    assert not any(request.path == "/authorize" for request in gateway.sandbox.prediction.log)


async def test_an_owner_is_asked_about_predictions_with_its_predictors_only(gateway: Gateway) -> None:
    await gateway.post(PREDICT, {"tag": "@fxn/greeting"}, key="letmein")
    await gateway.post('{ predictor(input: {tag: "@samplefxn/some-predictor"}) { name } }', key="letmein")
    assert not any(request.path == "/authorize" for request in gateway.sandbox.prediction.log)


FAULTS: dict[str, Callable[[], Fault]] = {
    "time-out": lambda: Fault("slow", match="/authorize", delay_s=2),
    "redirect": lambda: Fault("status", match="/authorize", status=302, headers={"Location": "/user"}),
    "500": lambda: Fault("status", match="/authorize", status=500, body={"error": "stack trace"}),
    "huge": lambda: Fault("huge", match="/authorize"),
    "non-JSON": lambda: Fault("html", match="/authorize"),
    "half": lambda: Fault("half_a_body", match="/authorize"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_owners_url_that_fails_refuses_without_leaking(
    sandbox: Sandbox, settings: Settings, fault: str
) -> None:
    [owner] = settings.auth.authorization_urls
    impatient = with_auth(settings, authorization_urls=[replace(owner, timeout_s=0.3)])
    sandbox.prediction.faults.set(FAULTS[fault]())
    async with serving(impatient, sandbox) as gateway:
        answer = await gateway.post(PREDICT, {"tag": SUBSCRIBERS}, key="letmein")
    assert answer.errors == [("createPrediction", "UPSTREAM_UNAVAILABLE", "authorization_url")]
    assert "stack trace" not in str(answer.body)
    assert sandbox.accounts.samplefxn_key not in str(answer.body)
    assert not any(request.path.startswith("/predict") for request in sandbox.prediction.log)


async def test_every_order_of_the_authenticators_lets_a_subscriber_in(sandbox: Sandbox, settings: Settings) -> None:
    for size in (1, 2, 3):
        for order in itertools.permutations(["keys", "upstream", "authorization_url"], size):
            if "authorization_url" in order:
                async with serving(with_auth(settings, order=list(order)), sandbox) as gateway:
                    answer = await gateway.post(PREDICT, {"tag": SUBSCRIBERS}, key="letmein")
                assert answer.data["createPrediction"]["error"] is None, order
