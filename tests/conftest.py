from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.commands.demo import demo_settings
from gateway.sandbox.running import Sandbox, running
from gateway.settings import Settings
from tests.harness import Gateway, serving
from tests.redis_server import RedisServer, running_redis


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a Redis server is slow: the fast tests run on a machine that has nothing but Python and Node."""
    for item in items:
        if "redis" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with running(tmp_path, rows=60) as sandbox:
        yield sandbox


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return demo_settings(sandbox, 0)


@pytest.fixture
async def gateway(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Gateway]:
    async with serving(settings, sandbox) as gateway:
        yield gateway


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[RedisServer]:
    async with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
def readme_query() -> str:
    """The first GraphQL block of the README."""
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    return readme.split("```graphql\n")[1].split("```")[0]
