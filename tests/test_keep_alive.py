"""A connection that waits for its next request is kept for the time that the settings say."""

from __future__ import annotations

import time

from msgspec.structs import replace

from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from tests.harness import serving
from tests.kept import kept


async def test_an_idle_connection_is_kept_so_long_and_then_closed(settings: Settings, sandbox: Sandbox) -> None:
    async with serving(replace(settings, keep_alive_s=1), sandbox) as gateway, kept(gateway) as idle:
        assert (await idle.get("/healthz"))[1] is False
        started_s = time.monotonic()
        assert await idle.closed()
        assert time.monotonic() - started_s > 0.8


def test_it_outlives_the_minute_for_which_balancers_keep_theirs() -> None:
    assert Settings().keep_alive_s > 60
