"""Settings change while the gateway runs, by SIGHUP or when a file changes; nothing that runs is lost by it."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.faults import Fault
from gateway.sandbox.running import Sandbox, running
from tests.answers_in_parts import EVENTS, asked, events_of
from tests.served import Served, started
from tests.settings_file import SettingsFile, reload, reloaded
from tests.sockets import connected, eventually, following

ME = "{ user { username } }"
DEEP = "{ user { predictors { owner { username } } } }"
PREDICT = """mutation { createPrediction(input: {
  tag: "@fxn/greeting", client: "test", inputs: [{name: "name", stringValue: "Ada"}]
}) { results { stringValue } } }"""
TOO_DEEP = [("", "BAD_INPUT", None)]


@pytest.fixture
def file(tmp_path: Path, sandbox: Sandbox) -> SettingsFile:
    file = SettingsFile(tmp_path, sandbox)
    file.write()
    return file


@pytest.fixture
async def gateway(file: SettingsFile, tmp_path: Path, sandbox: Sandbox) -> AsyncIterator[Served]:
    async with started(tmp_path, sandbox) as gateway:
        yield gateway


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """Other stand-ins, with other keys."""
    folder = tmp_path / "other"
    folder.mkdir()
    async with running(folder, rows=1) as sandbox:
        yield sandbox


async def readyz(gateway: Served) -> tuple[int, Any]:
    async with gateway.session.get(gateway.url + "/readyz") as response:
        return response.status, await response.json()


async def breakers(gateway: Served) -> tuple[str, str]:
    """Of prediction and deployment."""
    upstreams = (await readyz(gateway))[1]["upstreams"]
    return upstreams["prediction"]["breaker"], upstreams["deployment"]["breaker"]


async def test_a_signal_puts_the_file_as_it_is_now_into_force(gateway: Served, file: SettingsFile) -> None:
    assert "errors" not in (await gateway.post(DEEP)).body
    file.write(limits={"max_depth": 3}, log_level="debug", callers={"min_points": 50})
    [entry] = await reload(gateway)
    assert (entry["level"], entry["event"]) == ("info", "settings reloaded")
    assert entry["changed"] == ["log_level", "limits.max_depth", "callers.min_points"]
    assert (await gateway.post(DEEP)).errors == TOO_DEEP
    assert (await gateway.post(ME)).data == {"user": {"username": "yusuf"}}
    gateway.signal(signal.SIGTERM)
    assert (await gateway.ended())[0] == 0


async def test_the_level_of_the_log_changes_with_the_rest_or_not_at_all(gateway: Served, file: SettingsFile) -> None:
    def requests() -> int:
        return sum(entry["event"] == "request" for entry in gateway.logged)

    file.write(log_level="error", answers={"max_age_s": {"Nothing": 1}})
    [wrong] = await reload(gateway)
    assert wrong["problems"] == ["answers.max_age_s: the schema has no Nothing"]
    await gateway.post(ME)
    await eventually(lambda: requests() == 1)
    file.write(log_level="error", limits={"max_depth": 3})
    async with asyncio.timeout(20):
        while "errors" not in (await gateway.post(DEEP)).body:  # noqa: ASYNC110 (it is another process)
            await asyncio.sleep(0.1)
    seen = requests()
    await gateway.post(ME)
    assert requests() == seen
    file.write(log_level="info")
    await reload(gateway, 2)
    await gateway.post(ME)
    await eventually(lambda: requests() == seen + 1)


async def test_a_file_that_changes_is_read_without_a_signal(gateway: Served, file: SettingsFile) -> None:
    file.write(limits={"max_depth": 3})
    await reloaded(gateway)
    assert (await gateway.post(DEEP)).errors == TOO_DEEP
    file.path.unlink()  # not given by --config, so that it need not be there
    [_, entry] = await reloaded(gateway, 2)
    assert "prediction.url" in entry["changed"]


@pytest.mark.slow
async def test_a_burst_of_changes_is_one_reload(gateway: Served, file: SettingsFile) -> None:
    for depth in range(14, 2, -1):
        file.write(limits={"max_depth": depth})
        await asyncio.sleep(0.1)
    await reloaded(gateway)
    await asyncio.sleep(2.5)
    [entry] = await reloaded(gateway)
    assert entry["changed"] == ["limits.max_depth"]
    assert (await gateway.post(DEEP)).errors == TOO_DEEP


@pytest.mark.slow
async def test_a_file_that_changes_all_the_time_is_read_all_the_same(gateway: Served, file: SettingsFile) -> None:
    async def change() -> None:
        for depth in itertools.count(30):
            file.write(limits={"max_depth": depth})
            await asyncio.sleep(0.5)

    changing = asyncio.create_task(change())
    [entry] = await reloaded(gateway)
    changing.cancel()
    assert entry["changed"] == ["limits.max_depth"]


async def test_what_says_the_same_changes_nothing(gateway: Served, file: SettingsFile) -> None:
    gateway.signal(signal.SIGHUP)
    file.path.write_text("# a comment\n" + file.path.read_text())
    gateway.signal(signal.SIGHUP)
    assert {entry["event"] for entry in await reloaded(gateway)} == {"settings unchanged"}


@pytest.mark.slow
async def test_wrong_and_half_written_files_keep_the_last_good_settings(gateway: Served, file: SettingsFile) -> None:
    file.write(limits={"max_depth": 3})
    await reloaded(gateway)
    file.write(limits={"max_depth": -1}, nonsense=1)
    [_, wrong] = await reloaded(gateway, 2)
    assert (wrong["level"], wrong["event"]) == ("error", "settings rejected, the last good ones serve")
    assert wrong["problems"] == [
        "limits.max_depth: Expected `int` >= 1",
        "nonsense: there is no such setting",
    ]
    whole = file.text(limits={"max_depth": 20})
    file.path.write_text(whole[: len(whole) // 2])
    [*_, half] = await reloaded(gateway, 3)
    assert half["event"] == wrong["event"]
    assert half["problems"][0].startswith("fngraph.toml: ")
    assert (await gateway.post(DEEP)).errors == TOO_DEEP
    status, said = await readyz(gateway)
    assert (status, said["ready"], said["settingsRejected"]) == (200, True, True)
    file.path.write_text(whole)
    [*_, last] = await reloaded(gateway, 4)
    assert last["changed"] == ["limits.max_depth"]
    assert "errors" not in (await gateway.post(DEEP)).body
    assert "settingsRejected" not in (await readyz(gateway))[1]


async def test_no_secret_is_logged(gateway: Served, file: SettingsFile, sandbox: Sandbox) -> None:
    secret = "a-secret-that-nobody-may-see"
    file.write(deployment={"credential": {"scheme": "static", "value": secret}}, nonsense={"value": secret})
    await reload(gateway)
    file.write(deployment={"credential": {"scheme": "static", "value": secret}})
    [_, entry] = await reload(gateway, 2)
    assert entry["changed"] == ["deployment.credential.value"]
    assert secret not in gateway.log.read_text()


async def test_what_needs_a_restart_is_named_and_the_rest_applied(gateway: Served, file: SettingsFile) -> None:
    file.write(host="127.0.0.2", keep_alive_s=5, websocket={"max_message_bytes": 10, "max_operations": 1},
               limits={"max_depth": 3}, workers=3)  # fmt: skip
    [entry] = await reload(gateway)
    assert entry["changed"] == ["limits.max_depth", "websocket.max_operations"]
    [named] = [entry for entry in gateway.logged if entry["event"] == "needs a restart"]
    assert named["settings"] == ["host", "workers", "keep_alive_s", "websocket.max_message_bytes"]
    assert (await gateway.post(DEEP)).errors == TOO_DEEP


async def test_requests_finish_under_the_settings_that_they_began_with(
    gateway: Served, file: SettingsFile, sandbox: Sandbox, other: Sandbox
) -> None:
    sandbox.prediction.faults.set(Fault("slow", match="greeting", delay_s=1.5))
    async with connected(gateway) as socket, asked(gateway, following(100), EVENTS) as events:
        await socket.init({"Authorization": f"Bearer {sandbox.accounts.yusuf_key}"})
        await socket.subscribe("1", following(100))
        await socket.next()
        predicting = asyncio.create_task(gateway.post(PREDICT))
        await eventually(lambda: any("greeting" in request.path for request in sandbox.prediction.log))
        file.write(prediction={"url": other.prediction.url}, websocket={"max_operations": 1})
        [entry] = await reload(gateway)
        assert entry["changed"] == ["websocket.max_operations", "prediction.url"]

        assert [kind async for kind, _ in events_of(events)] == ["next"] * 100 + ["complete"]
        messages = await socket.until_end("1")
        assert [each["type"] for each in messages] == ["next"] * 99 + ["complete"]
        assert "errors" not in (await predicting).body
        assert len(other.prediction.log) == 0

        # The same socket: what begins on it now belongs to the new settings.
        await socket.subscribe("2", "{ predictors { name } }")
        assert (await socket.until_end("2"))[0]["type"] == "next"
        assert [request.path for request in other.prediction.log] == ["/predictors"]


async def test_a_mutation_that_ends_after_a_reload_counts_for_what_is_shared_after_it(
    gateway: Served, file: SettingsFile, sandbox: Sandbox
) -> None:
    answers = {"max_age_s": {"Query.user": 100}}
    file.write(answers=answers)
    await reload(gateway)
    sandbox.prediction.faults.set(Fault("slow", match="greeting", delay_s=1.5))
    predicting = asyncio.create_task(gateway.post(PREDICT))
    await eventually(lambda: any("greeting" in request.path for request in sandbox.prediction.log))
    file.write(answers=answers, limits={"max_depth": 19})
    await reload(gateway, 2)

    async def users() -> int:
        await gateway.post(ME)
        return sum(request.path == "/user" for request in sandbox.prediction.log)

    first = await users()
    assert await users() == first
    assert not predicting.done()
    await predicting
    assert await users() == first + 1


async def test_debts_survive_unless_their_own_numbers_change(gateway: Served, file: SettingsFile) -> None:
    few = {"points_per_second": 1, "burst_points": 4_000, "address_factor": 1}
    file.write(callers=few)
    await reload(gateway)
    while (await gateway.post(ME)).status != 429:
        pass
    file.write(callers=few, limits={"max_depth": 19})
    await reload(gateway, 2)
    assert (await gateway.post(ME)).status == 429
    file.write(callers={**few, "burst_points": 4_001})
    await reload(gateway, 3)
    assert (await gateway.post(ME)).status == 200


async def test_an_upstream_with_the_same_settings_keeps_its_breaker(
    gateway: Served, file: SettingsFile, sandbox: Sandbox
) -> None:
    for server in (sandbox.prediction, sandbox.deployment):
        server.faults.set(Fault("status", status=500))
    touchy = {"breaker_min_requests": 2, "breaker_open_s": 60}
    file.write(deployment=touchy, prediction=touchy)
    await reload(gateway)
    for _ in range(3):
        await gateway.post("{ predictors { name } deployments { name } }")
    assert await breakers(gateway) == ("OPEN", "OPEN")
    file.write(deployment=touchy, prediction={**touchy, "breaker_min_requests": 3})
    await reload(gateway, 2)
    assert await breakers(gateway) == ("CLOSED", "OPEN")


async def test_no_request_is_lost_while_settings_change_again_and_again(gateway: Served, file: SettingsFile) -> None:
    answers = []

    async def ask() -> None:
        while len(reloads) < 10:
            answers.append((await gateway.post(ME)).body)

    reloads: list[Any] = []
    asking = [asyncio.create_task(ask()) for _ in range(10)]
    for number in range(1, 11):
        file.write(limits={"max_depth": 10 + number})
        gateway.signal(signal.SIGHUP)
        reloads = await reloaded(gateway, number)
    await asyncio.gather(*asking)
    assert {entry["event"] for entry in reloads} == {"settings reloaded"}
    assert len(answers) > 10
    assert all(answer == {"data": {"user": {"username": "yusuf"}}} for answer in answers)
