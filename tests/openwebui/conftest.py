from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from msgspec.structs import replace

from gateway.auth.principal import fingerprint
from gateway.roles import Role
from gateway.sandbox.running import Sandbox
from gateway.settings import KeySettings, Settings
from tests.harness import Gateway, serving, with_upstream
from tests.openwebui.script import empty
from tests.openwebui.server import OpenWebUI, running

VERSIONS = ("0.12.4", "0.8.12")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "open_webui" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", params=VERSIONS)
def open_webui(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenWebUI]:
    """A real server of each version, started once."""
    with running(request.param, tmp_path_factory.mktemp("openwebui")) as server:
        yield server


@pytest.fixture
async def real(open_webui: OpenWebUI, settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    """A gateway over the real server, emptied, that knows its two accounts by the keys it forwards."""
    loading = {"load_hosts": ["127.0.0.1:*"], "load_from_private": True}
    there = with_upstream(with_keys(settings, open_webui.keys), "function_admin", url=open_webui.url, **loading)
    async with serving(there, sandbox) as gateway:
        await empty(gateway, open_webui.keys["admin"])
        yield gateway


def with_keys(settings: Settings, keys: dict[str, str]) -> Settings:
    """The settings with an administrator and a user for callers."""
    roles = {"admin": frozenset({Role.USER, Role.ADMIN}), "user": frozenset({Role.USER})}
    known = [
        KeySettings(id=name, sha256=fingerprint(key), roles=roles[name], forward=True) for name, key in keys.items()
    ]
    return replace(settings, auth=replace(settings.auth, keys=known))
