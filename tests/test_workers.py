"""``--workers N``: several processes on one socket, with a parent that starts, tells and replaces them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog

from gateway.process.metrics_folder import VARIABLE, metrics_folder
from gateway.process.workers import Workers, bound
from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox
from gateway.settings import MetricsSettings, Secret, Settings
from tests.metrics_page import TOKEN
from tests.served import Served, started, whole_lines
from tests.settings_file import SettingsFile, reloaded
from tests.sockets import eventually

ME = "{ user { username } }"
PATIENCE_S = 20.0
COUNT = 3
APART: dict[str, Any] = {"share_queries": False, "prediction": {"share_reads": False}}

pytestmark = pytest.mark.slow


@pytest.fixture
def file(tmp_path: Path, sandbox: Sandbox) -> SettingsFile:
    file = SettingsFile(tmp_path, sandbox)
    file.write(**APART)
    return file


@contextlib.asynccontextmanager
async def working(folder: Path, sandbox: Sandbox, *arguments: str) -> AsyncIterator[Served]:
    """All of the workers are ready."""
    async with started(folder, sandbox, {}, "--workers", str(COUNT), *arguments) as gateway:
        await eventually(lambda: len(said(gateway, "ready")) == COUNT, PATIENCE_S)
        yield gateway
        if gateway.process.returncode is None:
            gateway.signal(signal.SIGTERM)
            assert (await gateway.ended())[0] == 0


def said(gateway: Served, event: str) -> list[dict[str, Any]]:
    return [entry for entry in gateway.logged if entry["event"] == event]


def workers(gateway: Served) -> list[int]:
    """Those that run, in the order of their start."""
    gone = {entry["pid"] for entry in said(gateway, "worker ended")}
    return [entry["pid"] for entry in said(gateway, "worker started") if entry["pid"] not in gone]


def children(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text()


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def asked(gateway: Served, count: int) -> set[str]:
    """Ask on ``count`` connections at once; which processes have answered, by what their request ids begin with."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask() -> str:
            headers = {"Authorization": f"Bearer {gateway.sandbox.accounts.yusuf_key}"}
            async with session.post(gateway.url + "/graph", json={"query": ME}, headers=headers) as response:
                assert await response.json() == {"data": {"user": {"username": "yusuf"}}}
                return response.headers["X-Request-Id"][:16]

        return set(await asyncio.gather(*(ask() for _ in range(count))))


async def test_all_of_them_serve_and_end_together_without_losing_a_request(
    tmp_path: Path, sandbox: Sandbox, file: SettingsFile
) -> None:
    async with working(tmp_path, sandbox) as gateway:
        assert [entry["url"] for entry in said(gateway, "ready")] == [gateway.url + "/graph"] * COUNT
        pids, answered = workers(gateway), set[str]()
        while len(answered) < COUNT:
            answered |= await asked(gateway, 20)
        sandbox.prediction.faults.set(Fault("slow", match="/user", delay_s=1.0))
        asking = asyncio.create_task(asked(gateway, 20))
        await eventually(lambda: sandbox.prediction.log.in_flight >= 20)
        gateway.signal(signal.SIGTERM)
        await asking
        assert (await gateway.ended())[0] == 0
        assert len(said(gateway, "shutting down")) == COUNT
        assert {entry["level"] for entry in gateway.logged} == {"info"}
        assert not any(map(alive, pids))


async def test_ctrl_c_reaches_them_once_by_way_of_the_parent(
    tmp_path: Path, sandbox: Sandbox, file: SettingsFile
) -> None:
    async with working(tmp_path, sandbox) as gateway:
        sandbox.prediction.faults.set(Fault("slow", match="/user", delay_s=1.0))
        asking = asyncio.create_task(asked(gateway, 5))
        await eventually(lambda: sandbox.prediction.log.in_flight >= 5)
        assert all(os.getpgid(pid) != os.getpgid(gateway.process.pid) for pid in workers(gateway))
        gateway.signal(signal.SIGINT)
        await asking
        assert (await gateway.ended())[0] == 0
        assert said(gateway, "cut off") == []


async def test_one_that_dies_is_replaced_while_the_others_serve(
    tmp_path: Path, sandbox: Sandbox, file: SettingsFile
) -> None:
    async with working(tmp_path, sandbox) as gateway:
        first, second, third = workers(gateway)
        os.kill(first, signal.SIGKILL)
        os.kill(second, signal.SIGTERM)  # not by way of the parent
        await eventually(lambda: len(said(gateway, "worker ended")) == 2, PATIENCE_S)
        ended = {entry["pid"]: entry["status"] for entry in said(gateway, "worker ended")}
        assert ended == {first: -signal.SIGKILL, second: 0}
        assert await asked(gateway, 10)
        await eventually(lambda: len(said(gateway, "ready")) == COUNT + 2, PATIENCE_S)
        assert len(workers(gateway)) == COUNT
        assert third in workers(gateway)


async def test_what_cannot_start_is_started_again_at_a_bounded_pace(
    tmp_path: Path, sandbox: Sandbox, file: SettingsFile
) -> None:
    async with working(tmp_path, sandbox) as gateway:
        file.write(limits={"max_depth": -1})
        os.kill(workers(gateway)[0], signal.SIGKILL)
        await asyncio.sleep(8)
        ended = [json.loads(line) for line in whole_lines(gateway.log) if '"worker ended"' in line]
        assert [entry["status"] for entry in ended][:2] == [-signal.SIGKILL, 2]
        assert len(ended) <= 5
        assert await asked(gateway, 5)
        file.write(**APART)
        await eventually(lambda: gateway.log.read_text().count('"ready"') == COUNT + 1, PATIENCE_S)
        gateway.signal(signal.SIGTERM)
        assert (await gateway.ended())[0] == 0


async def test_a_reload_reaches_all_of_them(tmp_path: Path, sandbox: Sandbox, file: SettingsFile) -> None:
    async with working(tmp_path, sandbox) as gateway:
        file.write(**APART, limits={"max_depth": 3})
        gateway.signal(signal.SIGHUP)
        entries = await reloaded(gateway, COUNT)
        assert [entry.get("changed") for entry in entries] == [["limits.max_depth"]] * COUNT
        assert len(workers(gateway)) == COUNT


async def test_a_reload_ends_no_worker_that_is_still_starting(
    tmp_path: Path, sandbox: Sandbox, file: SettingsFile
) -> None:
    async with working(tmp_path, sandbox) as gateway:
        os.kill(workers(gateway)[0], signal.SIGKILL)
        await eventually(lambda: len(said(gateway, "worker started")) == COUNT + 1, PATIENCE_S)
        gateway.signal(signal.SIGHUP)
        await eventually(lambda: len(said(gateway, "ready")) == COUNT + 1, PATIENCE_S)
        assert len(said(gateway, "worker ended")) == 1
        file.write(**APART, limits={"max_depth": 3})
        gateway.signal(signal.SIGHUP)
        await eventually(lambda: len(said(gateway, "settings reloaded")) == COUNT, PATIENCE_S)


async def test_one_that_the_system_cannot_start_is_tried_again_while_the_others_serve(
    tmp_path: Path, sandbox: Sandbox, file: SettingsFile
) -> None:
    async with working(tmp_path, sandbox) as gateway:
        pid = gateway.process.pid
        limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, limits[1]))
        os.kill(workers(gateway)[0], signal.SIGKILL)
        await eventually(lambda: len(said(gateway, "cannot start a worker")) == 2, PATIENCE_S)
        assert {entry["reason"] for entry in said(gateway, "cannot start a worker")} == {"Too many open files"}
        assert await asked(gateway, 5)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
        await eventually(lambda: len(said(gateway, "ready")) == COUNT + 1, PATIENCE_S)


async def test_the_end_may_come_in_the_turn_of_the_loop_in_which_one_is_replaced() -> None:
    def end(_: object, __: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
        if entry["event"] == "worker ended":
            os.kill(os.getpid(), signal.SIGTERM)
        raise structlog.DropEvent

    settings, config = Settings(port=0, workers=1), structlog.get_config()
    with bound(settings) as listener, metrics_folder(settings) as folder:
        structlog.configure(processors=[end])
        try:
            assert await Workers(settings, ["true"], listener, folder).run() == 0
        finally:
            structlog.configure(**config)


async def test_they_end_when_their_parent_is_killed(tmp_path: Path, sandbox: Sandbox, file: SettingsFile) -> None:
    async with working(tmp_path, sandbox) as gateway:
        pids = workers(gateway)
        gateway.signal(signal.SIGKILL)
        await gateway.ended()
        await eventually(lambda: not any(map(alive, pids)), PATIENCE_S)
        assert len(said(gateway, "shutting down")) == COUNT


async def test_wrong_settings_and_a_taken_address_end_all(tmp_path: Path, sandbox: Sandbox, file: SettingsFile) -> None:
    file.write(documents={"manifest": "missing.json"})
    with pytest.raises(AssertionError, match=r"documents\.manifest: missing\.json: No such file or directory"):
        await started(tmp_path, sandbox, {}, "--workers", "2").__aenter__()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        file.write(port=taken.getsockname()[1])
        with pytest.raises(AssertionError, match="Address already in use"):
            await started(tmp_path, sandbox, {}, "--workers", "2").__aenter__()


async def test_one_has_no_parent(tmp_path: Path, sandbox: Sandbox, file: SettingsFile) -> None:
    async with started(tmp_path, sandbox, {}, "--workers", "1") as gateway:
        assert children(gateway.process.pid) == ""
        assert said(gateway, "worker started") == []


def test_metrics_have_a_private_folder_while_they_are_on() -> None:
    with metrics_folder(Settings()) as folder:
        assert folder.environment == {}
    with metrics_folder(Settings(metrics=MetricsSettings(enabled=True, token=Secret(TOKEN)))) as folder:
        path = Path(folder.environment[VARIABLE])
        assert path.stat().st_mode & 0o777 == 0o700
    assert not path.exists()
