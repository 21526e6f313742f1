"""covalent-cloud 1.4.4 from PyPI, unmodified, against the deployment stand-in."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.deployment.behaviours import EXAMPLE_ID
from gateway.sandbox.deployment.seed import NEW_ID, STARTING_ID
from tests.clients.running import DRIVERS
from tests.clients.venvs import python_of
from tests.sandbox.deployment_api import ACCOUNT_KEY, running

pytestmark = pytest.mark.slow

TIMEOUT_S = 120
IDS = (EXAMPLE_ID, STARTING_ID, NEW_ID, "missing")

EXPECTED: dict[str, dict[str, Any]] = {
    "name": {"gives": "example_service"},
    "routes": {
        "gives": [
            ["POST", "/hello", False],
            ["POST", "/stream", True],
            ["POST", "/custom-endpoint", False],
            ["GET", "/peek", False],
            ["POST", "/boom", False],
        ]
    },
    "hello": {"gives": "Hello, world! My favorite number is 1867"},
    "get": {"gives": {"route": "/peek", "args": {"a": 1}}},
    "stream": {"gives": "é\nItems: 1 5 foo\nDone streaming\n"},
    "async hello": {"gives": "Hello, world! My favorite number is 1"},
    "async stream": {"gives": "Hello, world!\nItems: 1\nDone streaming\n"},
    "boom": {"raises": "HTTPError"},
    "info": {"gives": {"message": "ok"}},
    "missing": {"raises": "HTTPError"},
    "starting": {"gives": "ACTIVE"},
    "new": {"raises": "TimeoutError"},
    "list": {"gives": ["Chat model 3", "Embedding service 10"]},
    "key": {"gives": "2"},
    "keys": {"gives": ["1", "2"]},
    "deleted key": {"gives": True},
    "deleted key again": {"gives": False},
    "teardown": {"gives": {"id": EXAMPLE_ID, "status": "INACTIVE"}},
    "reload": {"gives": "INACTIVE"},
    "hello after the teardown": {"raises": "HTTPError"},
}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return asyncio.run(_driven(tmp_path_factory.mktemp("covalent")))


async def _driven(home: Path) -> Any:
    """What the driver's calls gave; the SDK keeps its files in ``home``."""
    async with running(home, rows=20, creating_s=0.2) as api:
        process = await asyncio.create_subprocess_exec(
            python_of("covalent", "1.4.4"),
            DRIVERS / "covalent_sdk.py",
            *IDS,
            cwd=home,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "COVALENT_CLOUD_DISPATCHER_URI": api.server.url,
                "COVALENT_CLOUD_AUTH__API_KEY": ACCOUNT_KEY,
            },
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
    assert process.returncode == 0
    return json.loads(output.splitlines()[-1])


def test_every_call_of_the_driver_is_expected(calls: Any) -> None:
    assert list(calls) == list(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_sdk_gets_what_it_asks_for(calls: Any, name: str) -> None:
    assert calls[name] == EXPECTED[name]
