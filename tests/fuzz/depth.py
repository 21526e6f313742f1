"""How many examples a test draws, and from which seed."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

SEED = int(os.environ.get("FUZZ_SEED", "1"))
T = TypeVar("T")


def examples(fast: int, deep: int) -> pytest.MarkDecorator:
    """The test takes ``examples``: ``fast`` of them in every run, ``deep`` in a slow one."""
    numbers = [pytest.param(fast, id="fast"), pytest.param(deep, id="deep", marks=pytest.mark.slow)]
    return pytest.mark.parametrize("examples", numbers)


def fuzz(examples: int, inputs: st.SearchStrategy[T], check: Callable[[T], None]) -> None:
    """Give ``check`` what is drawn from ``inputs``. A failure shows the smallest input that fails, and the seed."""
    print(f"FUZZ_SEED={SEED}")  # noqa: T201 (a seed that is not told is lost)

    @seed(SEED)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs)
    def holds(drawn: T) -> None:
        check(drawn)

    holds()
