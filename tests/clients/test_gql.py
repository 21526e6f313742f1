"""gql 4.0.0 from PyPI, unmodified, through its five transports."""

from __future__ import annotations

import pytest

from tests.clients.running import DRIVERS
from tests.clients.venvs import python_of
from tests.harness import Gateway
from tests.programs import run

pytestmark = pytest.mark.slow


async def test_gql_over_http_and_sockets(gateway: Gateway) -> None:
    python, url, key = python_of("gql", "4.0.0"), gateway.url + "/graph", gateway.sandbox.accounts.ada_key
    assert await run(python, "-W", "error", DRIVERS / "gql_transports.py", url, key, cwd=DRIVERS) == "15 of 15\n"
