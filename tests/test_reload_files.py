"""What the settings name is read again, too: trusted documents, secrets, twins; also as Kubernetes changes them."""

from __future__ import annotations

import gc
import hashlib
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.app import create_app
from gateway.http.engine import Engine
from gateway.http.generations import Generation
from gateway.http.rest.folders import twin_files
from gateway.reloading.reloader import Reloader
from gateway.sandbox.running import Sandbox
from gateway.settings import LimitSettings, Settings
from gateway.settings.differences import NEEDS_RESTART, differences, running_on
from gateway.upstreams.clients import Upstreams
from tests.harness import serving
from tests.served import Served, started
from tests.settings_file import SettingsFile, reloaded
from tests.sockets import connected, eventually, following

ME, NAMES = "{ user { username } }", "{ predictors { name } }"
TWIN = "# GET /{path}\n# Name the current user.\n# @unwrap username\n{{ user {{ username }} }}\n"


def manifest(*texts: str) -> str:
    return json.dumps({hashlib.sha256(text.encode()).hexdigest(): text for text in texts})


def replaced(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)


def config_map(folder: Path, version: str, files: dict[str, str]) -> None:
    """The files as Kubernetes mounts a ConfigMap, and changes it: links through ``..data``, which is swapped."""
    content = folder / f"..{version}"
    content.mkdir(parents=True)
    for name, text in files.items():
        (content / name).write_text(text)
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(Path("..data") / name)
    swap = folder / "..data_tmp"
    swap.symlink_to(content.name)
    swap.replace(folder / "..data")


async def by_id(gateway: Served, text: str) -> Any:
    body = {"documentId": "sha256:" + hashlib.sha256(text.encode()).hexdigest()}
    headers = {"Authorization": f"Bearer {gateway.sandbox.accounts.yusuf_key}"}
    async with gateway.session.post(gateway.url + "/graph", json=body, headers=headers) as response:
        return (await response.json()).get("data")


@pytest.mark.slow
async def test_trusted_documents_change_and_a_wrong_manifest_changes_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    file, trusted = SettingsFile(tmp_path, sandbox), tmp_path / "manifest.json"
    trusted.write_text(manifest(ME))
    file.write(documents={"manifest": str(trusted), "trusted_only": True})
    async with started(tmp_path, sandbox) as gateway:
        assert (await by_id(gateway, ME), await by_id(gateway, NAMES)) == ({"user": {"username": "yusuf"}}, None)
        replaced(trusted, manifest(ME, "{ nonsense }"))
        [wrong] = await reloaded(gateway)
        assert [problem.partition(": `")[0] for problem in wrong["problems"]] == [f"documents.manifest: {trusted}"]
        assert (await by_id(gateway, ME), await by_id(gateway, NAMES)) == ({"user": {"username": "yusuf"}}, None)
        replaced(trusted, manifest(NAMES))
        [_, entry] = await reloaded(gateway, 2)
        assert entry["changed"] == ["files"]
        assert await by_id(gateway, ME) is None
        assert len((await by_id(gateway, NAMES))["predictors"]) > 1


@pytest.mark.slow
async def test_a_manifest_that_makes_wrong_settings_right_is_read_when_it_comes(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    file, trusted = SettingsFile(tmp_path, sandbox), tmp_path / "manifest.json"
    file.write()
    async with started(tmp_path, sandbox) as gateway:
        file.write(documents={"manifest": str(trusted)})
        [wrong] = await reloaded(gateway)
        assert wrong["problems"] == [f"documents.manifest: {trusted}: No such file or directory"]
        trusted.write_text(manifest(NAMES))
        [_, entry] = await reloaded(gateway, 2)
        assert entry["changed"] == ["documents.manifest"]
        assert len((await by_id(gateway, NAMES))["predictors"]) > 1


@pytest.mark.slow
async def test_config_maps_and_secrets_are_followed_through_their_links(tmp_path: Path, sandbox: Sandbox) -> None:
    file, twins, secrets, settings = (
        SettingsFile(tmp_path, sandbox),
        *map(tmp_path.joinpath, ("twins", "secrets", "settings")),
    )
    right = sandbox.accounts.covalent_account_key
    config_map(secrets, "1", {"deployment": "not-the-key"})
    config_map(twins, "1", {"me.graphql": TWIN.format(path="me")})
    credential = {"scheme": "static", "value": None, "file": str(secrets / "deployment")}
    tables: dict[str, Any] = {"twins_folder": str(twins), "deployment": {"credential": credential}}
    config_map(settings, "1", {"fngraph.toml": file.text(**tables)})
    async with started(tmp_path, sandbox, {}, "--config", str(settings / "fngraph.toml")) as gateway:
        headers = {"Authorization": f"Bearer {sandbox.accounts.yusuf_key}"}

        async def status(path: str) -> int:
            async with gateway.session.get(gateway.url + path, headers=headers) as response:
                return response.status

        assert (await status("/me"), await status("/i")) == (200, 404)
        config_map(twins, "2", {"me.graphql": TWIN.format(path="i")})
        await reloaded(gateway)
        assert (await status("/me"), await status("/i")) == (404, 200)

        assert (await gateway.post("{ deployments { name } }")).body["data"] == {"deployments": None}
        config_map(secrets, "2", {"deployment": right})
        [_, entry] = await reloaded(gateway, 2)
        assert entry["changed"] == ["files"]
        assert len((await gateway.post("{ deployments { name } }")).data["deployments"]) > 1
        assert right not in gateway.log.read_text()

        config_map(settings, "2", {"fngraph.toml": file.text(**tables, limits={"max_depth": 3})})
        [*_, entry] = await reloaded(gateway, 3)
        assert entry["changed"] == ["limits.max_depth"]


async def test_a_secret_that_cannot_be_read_changes_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    file, secret = SettingsFile(tmp_path, sandbox), tmp_path / "secret"
    secret.write_text(sandbox.accounts.covalent_account_key)
    credential = {"scheme": "static", "value": None, "file": str(secret)}
    file.write(deployment={"credential": credential})
    async with started(tmp_path, sandbox) as gateway:
        secret.write_bytes(b"\xff")
        [wrong] = await reloaded(gateway)
        assert [problem.partition(":")[0] for problem in wrong["problems"]] == ["UnicodeDecodeError"]
        assert len((await gateway.post("{ deployments { name } }")).data["deployments"]) > 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a" * 300, "a\0b"])
async def test_a_name_that_no_file_can_have_does_not_end_the_watch(tmp_path: Path, sandbox: Sandbox, name: str) -> None:
    file = SettingsFile(tmp_path, sandbox)
    file.write()
    async with started(tmp_path, sandbox) as gateway:
        file.write(twins_folder=name)
        [wrong] = await reloaded(gateway)
        assert wrong["event"] == "settings rejected, the last good ones serve"
        file.write(limits={"max_depth": 3})
        await eventually(lambda: any(entry.get("changed") == ["limits.max_depth"] for entry in gateway.logged), 20)


def test_folders_that_go_away_while_they_are_looked_at_are_no_error(tmp_path: Path) -> None:
    (tmp_path / "me.graphql").touch()
    gone = threading.Event()

    def come_and_go() -> None:
        while not gone.is_set():
            for name in ("..2026_11_28", "more"):
                (tmp_path / name / "deep").mkdir(parents=True)
                shutil.rmtree(tmp_path / name)

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        for _ in range(2000):
            assert twin_files(tmp_path) == [tmp_path / "me.graphql"]
    finally:
        gone.set()
        thread.join()


def test_what_needs_a_restart_keeps_its_value() -> None:
    old = Settings()
    websocket = replace(old.websocket, max_message_bytes=1, max_operations=2)
    new = replace(old, port=1, limits=LimitSettings(max_depth=3), websocket=websocket)
    running, stay = running_on(old, new)
    assert stay == ["port", "websocket.max_message_bytes"]
    assert list(differences(old, running)) == ["limits.max_depth", "websocket.max_operations"]


def test_each_setting_that_needs_a_restart_is_there_and_documented() -> None:
    page = (Path(__file__).parent.parent / "docs" / "operating.md").read_text()
    for name in NEEDS_RESTART:
        table, _, member = name.rpartition(".")
        assert member in (getattr(Settings(), table) if table else Settings()).__struct_fields__
        assert f"`{name}`" in page, name


def living(kind: type) -> int:
    return sum(isinstance(each, kind) for each in gc.get_objects())


@pytest.mark.slow
async def test_fifty_reloads_leave_nothing_behind(settings: Settings, sandbox: Sandbox, tmp_path: Path) -> None:
    depths = iter(range(20, 100))
    reloader = Reloader(lambda: replace(settings, limits=LimitSettings(max_depth=next(depths))), tmp_path / "none")
    async with serving(reloader.settings, sandbox, create_app(reloader.settings, reloader)) as gateway:

        async def reload() -> None:
            applied = reloader.applied
            reloader.ask()
            await eventually(lambda: reloader.applied > applied, 10)

        async def generations() -> tuple[int, ...]:
            await gateway.post(ME)  # the connection holds something of its last request
            gc.collect()
            return tuple(map(living, (Generation, Engine, Upstreams)))

        async with connected(gateway) as idle, connected(gateway) as socket:
            for each in (idle, socket):
                await each.init({"Authorization": f"Bearer {sandbox.accounts.yusuf_key}"})
            for _ in range(50):
                await gateway.post(ME)
                await reload()
            assert await generations() == (1, 1, 1)
            await socket.subscribe("1", following(1000))
            await socket.next()
            await reload()
            await reload()
            assert await generations() == (2, 2, 2)
            await socket.send("complete", id="1")
            await eventually(lambda: sandbox.prediction.log.in_flight == 0)
            await reload()
            assert await generations() == (1, 1, 1)
