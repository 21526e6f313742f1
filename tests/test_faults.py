"""One upstream's bad day costs its own fields and nothing else."""

from __future__ import annotations

import json

import pytest

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import GREETING, SERVICE, Gateway, serving, with_upstream

FOUR = f"""{{
  predictor(input: {{tag: "{GREETING}"}}) {{ name }}
  deployment(input: {{id: "{SERVICE}"}}) {{ name }}
  function(input: {{id: "my_function"}}) {{ name }}
  trainedFunctions(input: {{count: 1}}) {{ name }}
}}"""
FIELDS = {
    "prediction": "predictor",
    "deployment": "deployment",
    "function_admin": "function",
    "invoke": "trainedFunctions",
}
SECRET_TEXT = "upstream-secret-text"
CASES = {
    "slow": (Fault("slow", delay_s=2), "UPSTREAM_TIMEOUT"),
    "drip": (Fault("drip"), "UPSTREAM_TIMEOUT"),
    "500": (Fault("status", status=500, body={"detail": SECRET_TEXT}), "UPSTREAM_UNAVAILABLE"),
    "503": (Fault("status", status=503, body={"detail": SECRET_TEXT}), "UPSTREAM_UNAVAILABLE"),
    "429": (Fault("status", status=429, body={"x": SECRET_TEXT}, headers={"Retry-After": "7"}), "RATE_LIMITED"),
    "redirect": (Fault("status", status=302, headers={"Location": "http://127.0.0.1:9/"}), "UPSTREAM_INVALID"),
    "reset in the header": (Fault("reset_in_header"), "UPSTREAM_UNAVAILABLE"),
    "reset in the body": (Fault("reset_in_body"), "UPSTREAM_INVALID"),
    "half a body": (Fault("half_a_body"), "UPSTREAM_INVALID"),
    "not JSON": (Fault("bad_json"), "UPSTREAM_INVALID"),
    "wrong types": (Fault("wrong_types"), "UPSTREAM_INVALID"),
    "HTML with 200": (Fault("html"), "UPSTREAM_INVALID"),
    "huge": (Fault("huge"), "UPSTREAM_INVALID"),
    "endless": (Fault("endless"), "UPSTREAM_INVALID"),
}


def impatient(settings: Settings, name: str) -> Settings:
    """With half of the time that the slow upstream takes."""
    return with_upstream(settings, name, total_timeout_s=1.0, max_response_bytes=256 * 1024)


def assert_only_own_field_failed(gateway: Gateway, body: object, name: str, code: str) -> None:
    assert isinstance(body, dict)
    own = FIELDS[name]
    assert [field for field, value in body["data"].items() if value is None] == [own]
    [error] = body["errors"]
    assert error["path"] == [own]
    assert (error["extensions"]["code"], error["extensions"]["service"]) == (code, name)
    assert len(error["extensions"]["requestId"]) == 32
    text = json.dumps(body)
    accounts = gateway.sandbox.accounts
    secrets = (accounts.yusuf_key, accounts.covalent_account_key, accounts.nyckel_client_secret)
    for hidden in (SECRET_TEXT, "127.0.0.1", "Traceback", *secrets):
        assert hidden not in text


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FIELDS)
async def test_a_fault_costs_only_its_own_field(sandbox: Sandbox, settings: Settings, name: str, case: str) -> None:
    fault, code = CASES[case]
    async with serving(impatient(settings, name), sandbox) as gateway:
        await gateway.post("{ trainedFunctions { id } }")  # the token is fetched before the fault is on
        sandbox.servers[name].faults.set(fault)
        answer = await gateway.post(FOUR)
        sandbox.servers[name].faults.clear()
    assert answer.status == 200
    assert_only_own_field_failed(gateway, answer.body, name, code)


@pytest.mark.parametrize("name", FIELDS)
async def test_an_upstream_that_is_down_costs_only_its_own_field(
    sandbox: Sandbox, settings: Settings, name: str
) -> None:
    async with serving(settings, sandbox) as gateway:
        await sandbox.servers[name].stop()
        answer = await gateway.post(FOUR)
    assert_only_own_field_failed(gateway, answer.body, name, "UPSTREAM_UNAVAILABLE")


@pytest.mark.parametrize("case", ["slow", "500", "half a body", "not JSON", "HTML with 200"])
async def test_a_token_endpoint_that_fails_costs_only_its_own_field(
    sandbox: Sandbox, settings: Settings, case: str
) -> None:
    fault, code = CASES[case]
    async with serving(impatient(settings, "invoke"), sandbox) as gateway:
        sandbox.invoke.faults.set(fault)
        answer = await gateway.post(FOUR)
        sandbox.invoke.faults.clear()
        recovered = await gateway.post(FOUR)
    assert_only_own_field_failed(gateway, answer.body, "invoke", code)
    assert "errors" not in recovered.body


async def test_client_credentials_that_are_refused_are_not_told_to_the_caller(
    sandbox: Sandbox, settings: Settings
) -> None:
    sandbox.invoke.faults.set(
        Fault("status", match="/connect/token", status=400, body={"error": sandbox.accounts.nyckel_client_secret})
    )
    async with serving(settings, sandbox) as gateway:
        answer = await gateway.post(FOUR)
    assert_only_own_field_failed(gateway, answer.body, "invoke", "UNAUTHENTICATED")


async def test_a_slow_upstream_does_not_slow_the_others_down(sandbox: Sandbox, settings: Settings) -> None:
    sandbox.deployment.faults.set(Fault("slow", delay_s=2))
    async with serving(impatient(settings, "deployment"), sandbox) as gateway:
        await gateway.post(FOUR)
    others = [log for name, server in sandbox.servers.items() if name != "deployment" for log in server.log]
    assert others
    assert all(log.finished_s is not None and log.finished_s - log.started_s < 0.4 for log in others)


async def test_a_refusal_that_repeats_the_credential_is_not_relayed(gateway: Gateway) -> None:
    key = gateway.sandbox.accounts.covalent_account_key
    gateway.sandbox.deployment.faults.set(Fault("status", status=400, body={"detail": f"bad key {key}", "code": "x"}))
    answer = await gateway.post(FOUR)
    assert_only_own_field_failed(gateway, answer.body, "deployment", "BAD_INPUT")
    assert answer.body["errors"][0]["message"] == "The upstream refused the input."
