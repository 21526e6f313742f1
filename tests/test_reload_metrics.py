"""Metrics go on over a reload, and are one page for all workers."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.running import Sandbox
from tests.metrics_page import TOKEN, metrics_of
from tests.served import Served, started
from tests.settings_file import SettingsFile, reloaded
from tests.sockets import eventually

ME = "{ user { username } }"
ON = {"enabled": True, "token": TOKEN}
COUNT = 2


async def test_a_reload_resets_no_counter_and_a_wrong_one_is_seen(tmp_path: Path, sandbox: Sandbox) -> None:
    file = SettingsFile(tmp_path, sandbox)
    file.write(metrics=ON)
    async with started(tmp_path, sandbox) as gateway:
        for _ in range(3):
            await gateway.post(ME)
        file.write(metrics=ON, prediction={"total_timeout_s": 29})
        gateway.signal(signal.SIGHUP)
        await reloaded(gateway)
        for _ in range(2):
            await gateway.post(ME)
        page = await metrics_of(gateway)
        assert page("http_requests_total", kind="graph", status="200") == 5
        assert page("upstream_requests_total", service="prediction") == 5
        assert page("document_cache_hits_total") + page("document_cache_misses_total") == 5
        assert page("settings_rejected") == 0
        file.write(metrics=ON, nonsense=1)
        gateway.signal(signal.SIGHUP)
        await reloaded(gateway, 2)
        assert (await metrics_of(gateway))("settings_rejected") == 1


async def test_the_token_changes_without_a_restart_and_the_switch_does_not(tmp_path: Path, sandbox: Sandbox) -> None:
    file = SettingsFile(tmp_path, sandbox)
    file.write(metrics={"enabled": True, "token": "another-token-at-first"})
    async with started(tmp_path, sandbox) as gateway:
        assert await status_of_page(gateway) == 401
        file.write(metrics=ON)
        gateway.signal(signal.SIGHUP)
        await reloaded(gateway)
        assert await status_of_page(gateway) == 200
        file.write(metrics={"enabled": False, "token": TOKEN})
        gateway.signal(signal.SIGHUP)
        await reloaded(gateway, 2)
        [named] = [entry["settings"] for entry in gateway.logged if entry["event"] == "needs a restart"]
        assert named == ["metrics.enabled"]
        assert await status_of_page(gateway) == 200
        file.write(limits={"max_depth": 9})
        gateway.signal(signal.SIGHUP)
        await reloaded(gateway, 3)
        assert await status_of_page(gateway) == 200
        assert gateway.logged[-1]["event"] == "settings reloaded"


async def status_of_page(gateway: Served) -> int:
    async with gateway.session.get(gateway.url + "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        return response.status


@pytest.mark.slow
async def test_all_workers_are_on_one_page_and_what_they_counted_outlives_them(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    file, folder = SettingsFile(tmp_path, sandbox), tmp_path / "temporary"
    file.write(metrics=ON)
    folder.mkdir()
    async with started(tmp_path, sandbox, {"TMPDIR": str(folder)}, "--workers", str(COUNT)) as gateway:
        await eventually(lambda: len(said(gateway, "ready")) == COUNT, 20)
        await asyncio.gather(*(gateway.post(ME) for _ in range(20)))
        await _counted(gateway, 20)
        assert len(list(folder.iterdir())) == 1
        for entry in said(gateway, "worker started"):
            os.kill(entry["pid"], signal.SIGKILL)
        await eventually(lambda: len(said(gateway, "ready")) == 2 * COUNT, 20)
        await gateway.post(ME)
        await _counted(gateway, 21)
        gateway.signal(signal.SIGTERM)
        assert (await gateway.ended())[0] == 0
    assert list(folder.iterdir()) == []


def said(gateway: Served, event: str) -> list[dict[str, Any]]:
    return [entry for entry in gateway.logged if entry["event"] == event]


async def _counted(gateway: Served, requests: int) -> None:
    async with asyncio.timeout(5):  # another worker may count a request just after its answer
        while (page := await metrics_of(gateway))("http_requests_total", kind="graph", status="200") < requests:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert page("http_requests_total", kind="graph", status="200") == requests
    assert page.sum("http_requests_in_flight") == 1  # for this page
