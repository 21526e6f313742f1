"""No secret leaves the gateway: planted in every place that can hold one, looked for in everything that comes out."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox, running
from tests.collector import Collector, collecting

FNGRAPH = Path(sys.executable).with_name("fngraph")
TOKEN = "token-canary-of-prometheus"
CANARIES = Accounts(
    yusuf_key="sk-canary-yusuf",
    ada_key="sk-canary-ada",
    samplefxn_key="sk-canary-samplefxn",
    covalent_account_key="canary-account-key",
    nyckel_client_id="client-id",
    nyckel_client_secret="canary-client-secret",
)
DOCUMENTS = [
    "{ user { username } }",
    '{ predictor(input: {tag: "@fxn/greeting"}) { name } deployments { id endpoints { route } } }',
    '{ function(input: {id: "my_function"}) { name isActive } trainedFunctions { id } }',
    'mutation { createPrediction(input: {tag: "@samplefxn/some-predictor", client: "c"}) { error } }',
    'mutation { invokeEndpoint(input: {deployment: "663accb6f7d37dbf2a4687b7", route: "/boom"}) }',
    "{ nothing }",
    "{ user {",
]
KEYS = ["sk-canary-yusuf", "sk-canary-ada", "sk-canary-unknown", "canary-ключ", "canary" * 2000]
FAULTS = [
    None,
    Fault("status", status=500, body={"detail": "canary-in-a-500"}),
    Fault("reset_in_header"),
    Fault("wrong_types"),
    Fault("html"),
    Fault("status", match="/connect/token", status=400, body={"error": "canary-client-secret"}),
]


@pytest.fixture
async def planted(tmp_path: Path) -> AsyncIterator[Sandbox]:
    (tmp_path / "accounts.json").write_text(
        json.dumps({name: getattr(CANARIES, name) for name in CANARIES.__dataclass_fields__})
    )
    async with running(tmp_path, rows=5) as sandbox:
        yield sandbox


@contextlib.asynccontextmanager
async def served(
    sandbox: Sandbox, folder: Path, collector: Collector
) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """``fngraph serve`` as a process of its own, at the most talkative level, with metrics and traces."""
    accounts = sandbox.accounts
    credential = {"scheme": "client_credentials", "client_id": "client-id", "client_secret": "canary-client-secret"}
    owner = {"owner": "samplefxn", "url": f"{sandbox.prediction.url}/authorize", "credential": accounts.samplefxn_key}
    variables = {
        "PORT": "0",
        "LOG_LEVEL": "debug",
        "PREDICTION": json.dumps({"url": sandbox.prediction.url, "api": "v0"}),
        "DEPLOYMENT": json.dumps(
            {"url": sandbox.deployment.url, "credential": {"scheme": "static", "value": accounts.covalent_account_key}}
        ),
        "FUNCTION_ADMIN": json.dumps({"url": sandbox.function_admin.url}),
        "INVOKE": json.dumps({"url": sandbox.invoke.url, "credential": credential}),
        "METRICS": json.dumps({"enabled": True, "token": TOKEN}),
        "TRACING": json.dumps({"endpoint": collector.url, "headers": {"authorization": "canary-collector"}}),
        "AUTH": json.dumps({"order": ["keys", "upstream", "authorization_url"], "authorization_urls": [owner]}),
    }
    environment = {**os.environ, **{f"FNGRAPH_{name}": value for name, value in variables.items()}}
    process = await asyncio.create_subprocess_exec(
        FNGRAPH, "serve", cwd=folder, stdout=-1, stderr=asyncio.subprocess.STDOUT, env=environment
    )
    assert process.stdout is not None
    async for line in process.stdout:
        if b'"url"' in line:
            yield json.loads(line)["url"], process
            return
    raise AssertionError("the gateway did not start")


async def test_no_planted_secret_comes_out_of_a_run(planted: Sandbox, tmp_path: Path) -> None:
    said: list[str] = []
    async with (
        collecting() as collector,
        served(planted, tmp_path, collector) as (url, process),
        aiohttp.ClientSession() as session,
    ):
        for fault in FAULTS:
            for server in planted.servers.values():
                server.faults.set(*([fault] if fault else []))
            for key in KEYS:
                basic = base64.b64encode(f"{key}:".encode()).decode()
                for authorization in (f"Bearer {key}", f"Basic {basic}", f"Token {key}"):
                    for document in DOCUMENTS:
                        answer = await session.post(
                            url, json={"query": document}, headers={"Authorization": authorization}
                        )
                        said.append(str(answer.headers) + await answer.text())
        metrics = await session.get(url.replace("graph", "metrics"), headers={"Authorization": f"Bearer {TOKEN}"})
        said.append(await metrics.text())
        assert metrics.status == 200
        process.terminate()
        rest, _ = await process.communicate()
    said += [rest.decode(), collector.raw.decode("latin-1")]
    assert len(collector.spans) > 500
    assert len(said) > len(FAULTS) * len(KEYS) * len(DOCUMENTS)
    assert len(rest.splitlines()) > 500
    assert [text for text in said if "canary" in text] == []
    assert process.returncode == 0
