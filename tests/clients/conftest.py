from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.clients.running import Run, run_driver

DRIVERS = {
    **dict.fromkeys(["0.0.12", "0.0.19", "0.0.21"], ("fxn_module.py", "/graph")),
    **dict.fromkeys(["0.0.24", "0.0.35", "0.0.40"], ("fxn_function.py", "")),
    **dict.fromkeys(["0.0.42", "0.0.47", "0.0.48"], ("fxn_v1.py", "/v1")),
}


@pytest.fixture(scope="session")
def fxn(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """What a release of fxn did; each is run once."""
    runs: dict[str, Run] = {}

    def run(release: str) -> Run:
        if release not in runs:
            folder = tmp_path_factory.mktemp("fxn")
            runs[release] = asyncio.run(run_driver(release, *DRIVERS[release], folder))
        return runs[release]

    return run
