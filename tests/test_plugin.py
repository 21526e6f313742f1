"""The example authenticator, installed as a package of its own and named in the settings."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import subprocess
import sys
from pathlib import Path

import aiohttp

from gateway.sandbox.running import Sandbox

ROOT = Path(__file__).parent.parent
FNGRAPH = Path(sys.executable).with_name("fngraph")


def installed(folder: Path) -> Path:
    """Install the example into a folder, from a copy, since building writes beside the source."""
    source = folder / "source"
    subprocess.run(["cp", "-r", ROOT / "examples" / "authenticator", source], check=True)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", folder / "site", source], check=True, capture_output=True)
    return folder / "site"


async def test_a_wrong_setting_of_an_authenticator_is_told_by_name(tmp_path: Path) -> None:
    site = await asyncio.to_thread(installed, tmp_path)
    settings = {"PYTHONPATH": str(site), "FNGRAPH_PORT": "0", "FNGRAPH_AUTH__ORDER": '["badges"]'}
    process = await asyncio.create_subprocess_exec(
        FNGRAPH, "serve", cwd=tmp_path, env={**os.environ, **settings}, stderr=asyncio.subprocess.PIPE
    )
    _, error = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 2
    assert error.decode() == "The settings are not right:\n  auth.plugins.badges.secret: missing\n"


async def test_the_example_authenticator_decides_about_its_badges(sandbox: Sandbox, tmp_path: Path) -> None:
    site = await asyncio.to_thread(installed, tmp_path)
    settings = {
        "PYTHONPATH": str(site),
        "FNGRAPH_PORT": "0",
        "FNGRAPH_AUTH": json.dumps({"order": ["badges"], "plugins": {"badges": {"secret": "desk"}}}),
        "FNGRAPH_DEPLOYMENT": json.dumps(
            {
                "url": sandbox.deployment.url,
                "credential": {"scheme": "static", "value": sandbox.accounts.covalent_account_key},
            }
        ),
    }
    process = await asyncio.create_subprocess_exec(
        FNGRAPH, "serve", cwd=tmp_path, env={**os.environ, **settings}, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    url = json.loads(await asyncio.wait_for(process.stderr.readline(), 20))["url"]
    signature = hmac.new(b"desk", b"ada", hashlib.sha256).hexdigest()
    try:
        async with aiohttp.ClientSession() as session:
            for badge, status in ((f"badge.ada.{signature}", 200), (f"badge.eve.{signature}", 401), ("other", 401)):
                sandbox.deployment.log.clear()
                headers = {"Authorization": f"Bearer {badge}"}
                body = {"query": "{ deployments(input: {count: 1}) { id } }"}
                async with session.post(url, json=body, headers=headers) as response:
                    assert response.status == status
                assert len(sandbox.deployment.log) == (status == 200)
    finally:
        process.terminate()
        await process.communicate()
