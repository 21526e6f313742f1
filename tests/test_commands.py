"""The command line, run as people run it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

FNGRAPH = Path(sys.executable).with_name("fngraph")


async def run(*arguments: str | Path, cwd: Path, **variables: str) -> tuple[int, str, str]:
    """Run a command to its end: status, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        FNGRAPH, *arguments, cwd=cwd, env={**os.environ, **variables}, stdout=-1, stderr=-1
    )
    out, error = await asyncio.wait_for(process.communicate(), 20)
    return process.returncode or 0, out.decode(), error.decode()


@contextlib.asynccontextmanager
async def demo(cwd: Path, *arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, Any]]]:
    """A running demo and what its ready file says."""
    ready = cwd / "ready.json"
    process = await asyncio.create_subprocess_exec(
        FNGRAPH, "demo", "--port", "0", "--rows", "20", "--ready-file", ready, *arguments,
        cwd=cwd, stdout=-1, stderr=-1, env={**os.environ, "TMPDIR": str(cwd), "FNGRAPH_PREDICTION__API": "v1"},
    )  # fmt: skip
    try:
        async with asyncio.timeout(20):
            while not ready.exists():
                assert process.returncode is None, await process.communicate()
                await asyncio.sleep(0.02)
        yield process, json.loads(ready.read_text())
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_the_demo_answers_the_readmes_query_and_ends_cleanly(tmp_path: Path, readme_query: str) -> None:
    async with demo(tmp_path) as (process, ready):
        assert sorted(ready) == ["keys", "upstreams", "url"]
        assert sorted(ready["upstreams"]) == ["deployment", "function_admin", "invoke", "prediction"]
        assert (tmp_path / "ready.json").stat().st_mode & 0o777 == 0o600
        headers = {"Authorization": f"Bearer {ready['keys']['admin']}"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(ready["url"], json={"query": readme_query}, headers=headers) as response,
        ):
            body = await response.json()
        assert "errors" not in body
        assert body["data"]["user"] == {"username": "yusuf"}
        process.send_signal(signal.SIGINT)
        out, error = await asyncio.wait_for(process.communicate(), 10)
    assert (process.returncode, error) == (0, b"")
    assert ready["keys"]["user"].encode() in out
    assert os.listdir(tmp_path) == ["ready.json"]


async def test_the_demo_keeps_its_state_where_it_is_told_to(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    async with demo(tmp_path, "--data", str(folder)) as (_, first):
        pass
    (tmp_path / "ready.json").unlink()
    async with demo(tmp_path, "--data", str(folder)) as (_, second):
        assert second["keys"] == first["keys"]
    assert "accounts.json" in os.listdir(folder)


async def test_the_demo_knows_the_documents_of_a_manifest(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"predictor": "{ predictor(input: {tag: \\"@fxn/greeting\\"}) { name } }"}')
    async with (
        demo(tmp_path, "--manifest", str(manifest)) as (_, ready),
        aiohttp.ClientSession() as session,
        session.post(ready["url"], json={"documentId": "predictor"}) as response,
    ):
        assert await response.json() == {"data": {"predictor": {"name": "greeting"}}}


async def test_the_demo_says_that_a_port_is_taken(tmp_path: Path) -> None:
    async with demo(tmp_path) as (_, ready):
        port = ready["upstreams"]["invoke"].rpartition(":")[2]
        status, _, error = await run("demo", "--port", "0", "--rows", "0", "--invoke-port", port, cwd=tmp_path)
    assert status == 1
    assert "cannot start" in error
    assert "Traceback" not in error


async def test_serve_starts_while_its_upstreams_are_down(tmp_path: Path) -> None:
    closed = {f"FNGRAPH_{name}__URL": "http://127.0.0.1:9" for name in ("PREDICTION", "FUNCTION_ADMIN", "INVOKE")}
    port = 18_765
    process = await asyncio.create_subprocess_exec(
        FNGRAPH, "serve", cwd=tmp_path, stdout=-1, stderr=-1, env={**os.environ, **closed, "FNGRAPH_PORT": str(port)}
    )
    try:
        async with aiohttp.ClientSession() as session, asyncio.timeout(20):
            while True:
                with contextlib.suppress(aiohttp.ClientConnectionError):
                    async with session.get(f"http://127.0.0.1:{port}/healthz") as response:
                        assert response.status == 200
                        break
                await asyncio.sleep(0.05)
    finally:
        process.terminate()
        await process.communicate()
    assert process.returncode == 0


async def test_check_hides_secrets_and_tries_each_upstream(tmp_path: Path) -> None:
    async with demo(tmp_path) as (_, ready):
        variables = {f"FNGRAPH_{name.upper()}__URL": url for name, url in ready["upstreams"].items()}
        variables["FNGRAPH_INVOKE__URL"] = "http://127.0.0.1:9"
        variables["FNGRAPH_DEPLOYMENT__CREDENTIAL"] = '{"scheme": "static", "value": "canary"}'
        status, out, error = await run("check", cwd=tmp_path, **variables)
    assert status == 1
    assert "canary" not in out + error
    verdicts = dict(line.split(maxsplit=1) for line in out.splitlines()[-4:])
    assert verdicts["prediction"].startswith("reachable in")
    assert verdicts["function_admin"].startswith("reachable in")
    assert verdicts["invoke"] == "not reachable: UPSTREAM_UNAVAILABLE"


async def test_wrong_settings_end_a_command_with_all_their_names(tmp_path: Path) -> None:
    status, _, error = await run("serve", cwd=tmp_path, FNGRAPH_PORT="x", FNGRAPH_AUTH__ORDER='["nobody"]')
    assert status == 2
    assert "port: " in error
    status, _, error = await run("serve", cwd=tmp_path, FNGRAPH_AUTH__ORDER='["nobody"]')
    assert (status, "auth.order: no authenticator is called 'nobody'" in error) == (2, True)


async def test_keys_are_shown_once_listed_and_revoked(tmp_path: Path) -> None:
    status, secret, _ = await run("keys", "create", "robot", "--role", "ADMIN", cwd=tmp_path)
    assert (status, len(secret.strip())) == (0, 47)
    assert secret.strip() not in (tmp_path / "fngraph-keys.json").read_text()
    assert (await run("keys", "create", "robot", cwd=tmp_path))[0] == 1
    assert (await run("keys", "list", cwd=tmp_path))[1].split() == ["robot", "ADMIN,USER"]
    assert (await run("keys", "revoke", "robot", cwd=tmp_path))[0] == 0
    assert (await run("keys", "revoke", "robot", cwd=tmp_path))[0] == 1
    assert (await run("keys", "list", cwd=tmp_path))[1] == ""


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["demo", "--port", "x"], ["keys"]])
async def test_wrong_arguments_are_explained(tmp_path: Path, arguments: list[str]) -> None:
    status, _, error = await run(*arguments, cwd=tmp_path)
    assert status == 2
    assert "usage: fngraph" in error
