"""nyckel 0.4.23 from PyPI, unmodified, against the invoke stand-in."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.invoke.seed import IMAGE_ID, SPAM_ID, TABULAR_ID, TAGS_ID, UNTRAINED_ID
from tests.clients.running import DRIVERS
from tests.clients.venvs import python_of
from tests.sandbox.invoke_api import ACCOUNTS, running

pytestmark = pytest.mark.slow

TIMEOUT_S = 120
IDS = (SPAM_ID, TAGS_ID, TABULAR_ID, IMAGE_ID, UNTRAINED_ID)

EXPECTED: dict[str, dict[str, Any]] = {
    "name": {"gives": "spam-or-not"},
    "trained": {"gives": True},
    "invoke": {"gives": ["Spam", "Not spam"]},
    "labels": {"gives": ["Spam", "Not spam"]},
    "samples": {"gives": 82},
    "create sample": {"gives": 1},
    "newest sample": {"gives": "a new text"},
    "delete sample": {"gives": None},
    "samples after": {"gives": 82},
    "many": {"gives": 200},
    "tags": {"gives": ["Travel", "Music", "Food"]},
    "row": {"gives": ["Adult"]},
    "image": {"gives": 1},
    "untrained": {"gives": False},
    "missing": {"raises": "ValueError"},
    "wrong secret": {"raises": "ValueError"},
    "created": {"gives": "Mine"},
    "taught": {"gives": 2},
    "its answer": {"gives": ["No"]},
    "deleted": {"gives": None},
}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return asyncio.run(_driven(tmp_path_factory.mktemp("nyckel")))


async def _driven(home: Path) -> Any:
    """What the driver's calls gave."""
    async with running(home, rows=150) as api:
        process = await asyncio.create_subprocess_exec(
            python_of("nyckel", "0.4.23"),
            DRIVERS / "nyckel_sdk.py",
            *IDS,
            cwd=home,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "NYCKEL_URL": api.server.url,
                "NYCKEL_CLIENT_ID": ACCOUNTS.nyckel_client_id,
                "NYCKEL_CLIENT_SECRET": ACCOUNTS.nyckel_client_secret,
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
