"""The wheel, and what its installation in a fresh environment can do: away from the checkout, without Node."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import zipfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from email.parser import Parser
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from packaging.requirements import Requirement

from gateway import __version__
from supply_chain.pins import PIN, RUNTIME

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
UV = Path(sys.executable).with_name("uv")
PACKAGES = ("gateway", "resolvers", "schema")
DIST_INFO = f"fngraph-{__version__}.dist-info"
WHEEL = f"fngraph-{__version__}-py3-none-any.whl"
START_S = 60


def uv(*arguments: str | Path) -> None:
    subprocess.run([UV, *arguments], cwd=ROOT, check=True, capture_output=True)


def build(folder: Path, *arguments: str) -> Path:
    """The wheel, built without the network."""
    uv("build", *arguments, "--offline", "--no-build-isolation", "--python", sys.executable, "-o", folder)
    return folder / WHEEL


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, as uv does when it builds both."""
    assert (ROOT / "gateway/http/page/index.html").exists(), "run `make page`"
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def venv(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the pinned packages and the wheel."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    uv("venv", "--python", sys.executable, folder)
    uv("pip", "install", "--python", folder, "--require-hashes", "-r", RUNTIME)
    uv("pip", "install", "--python", folder, "--offline", "--no-deps", wheel)
    return folder


@pytest.fixture(scope="module")
def demo(venv: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The ready file of ``fngraph demo``; of this machine's programs it can find only the environment's."""
    home = tmp_path_factory.mktemp("elsewhere")
    ready, log = home / "ready.json", home / "log"
    command = [str(venv / "bin" / "fngraph"), "demo", "--port", "0", "--rows", "20", "--ready-file", str(ready)]
    environment = {"PATH": str(venv / "bin"), "HOME": str(home)}
    with log.open("w") as stream, subprocess.Popen(command, cwd=home, env=environment, stderr=stream) as process:
        try:
            ends_s = time.monotonic() + START_S
            while not ready.exists():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < ends_s, log.read_text()
                time.sleep(0.05)
            yield json.loads(ready.read_text())
        finally:
            process.terminate()


@pytest.fixture
async def client(demo: dict[str, Any]) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {demo['keys']['admin']}"}
    async with aiohttp.ClientSession(demo["url"].removesuffix("/graph"), headers=headers) as session:
        yield session


async def data_of(client: aiohttp.ClientSession, document: str) -> Any:
    async with client.post("/graph", json={"query": document}) as response:
        body = await response.json()
    assert "errors" not in body, body
    return body["data"]


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    assert wheel.with_name(f"fngraph-{__version__}.tar.gz").exists()
    assert wheel.read_bytes() == build(tmp_path, "--wheel").read_bytes()


def test_the_wheel_has_the_three_packages_with_the_page_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = {file for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file()}
    ours = {file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts}
    assert {name for name in names if not name.startswith(DIST_INFO)} == ours
    assert {"gateway/http/page/index.html", "gateway/http/page/LICENSES.md"} < ours


def test_its_metadata_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = Parser().parsestr(archive.read(f"{DIST_INFO}/METADATA").decode())
        assert archive.read(f"{DIST_INFO}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    names = ("Name", "Version", "Requires-Python", "License-Expression", "Description-Content-Type")
    assert [metadata[name] for name in names] == ["fngraph", __version__, ">=3.11", "MIT", "text/markdown"]
    assert metadata.get_payload() == (ROOT / "README.md").read_text()


def pinned_here() -> set[str]:
    """The packages of the lock file that this Python is to have."""
    lines = [line.rstrip("\\ ") for line in RUNTIME.read_text().splitlines() if PIN.match(line)]
    found = map(Requirement, lines)
    return {each.name for each in found if each.marker is None or each.marker.evaluate()}


def test_no_dependency_shadows_a_package_of_ours(venv: Path) -> None:
    (site,) = venv.glob("lib/python*/site-packages")
    owners = defaultdict(set)
    for distribution in distributions(path=[str(site)]):
        for file in distribution.files or []:
            owners[file.parts[0].partition(".")[0]].add(re.sub("[-_.]+", "-", distribution.name).lower())
    assert set().union(*owners.values()) == {"fngraph", *pinned_here()}
    assert [owners[package] for package in PACKAGES] == [{"fngraph"}] * 3


def test_the_packages_are_imported_from_the_installation(venv: Path, tmp_path: Path) -> None:
    program = "import gateway, resolvers, schema; print(*(each.__file__ for each in (gateway, resolvers, schema)))"
    command = [str(venv / "bin" / "python"), "-c", program]
    printed = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    (site,) = venv.glob("lib/python*/site-packages")
    assert printed.split() == [str(site / package / "__init__.py") for package in PACKAGES]


async def test_the_readme_s_query_reaches_all_four_backends(client: aiohttp.ClientSession, readme_query: str) -> None:
    data = await data_of(client, readme_query)
    assert data["user"] == {"username": "yusuf"}
    assert [data["deployment"]["name"], data["function"]["name"]] == ["example_service", "My Function"]


async def test_a_trained_function_has_its_training_data(client: aiohttp.ClientSession) -> None:
    invoke = (
        'mutation { invokeFunction(input: { functionId: "function_sentiment0000001", data: "I love it" }) {labelName} }'
    )
    assert await data_of(client, invoke) == {"invokeFunction": {"labelName": "Positive"}}


async def test_a_rest_twin_answers(client: aiohttp.ClientSession) -> None:
    async with client.get("/user") as response:
        assert (response.status, (await response.json())["username"]) == (200, "yusuf")


async def test_the_page_comes_with_everything_that_it_loads(client: aiohttp.ClientSession) -> None:
    async with client.get("/graph", headers={"Accept": "text/html"}) as response:
        text = await response.text()
        assert (response.status, response.content_type) == (200, "text/html")
    loaded = re.findall(r'(?:src|href)="(/page/[^"]+)"', text)
    assert len(loaded) >= 2
    for path in loaded:
        async with client.get(path) as response:
            assert response.status == 200, path
