from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fuzz.target import Target, started


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """One gateway for all tests of this process."""
    with started(tmp_path_factory.mktemp("fuzz")) as target:
        yield target
