"""Whatever an upstream does, the gateway answers in time, tells nothing it should not, and keeps nothing.

``FAULT_MATRIX_SEED`` draws the cells; a failure names the seed and the cell.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from gateway.commands.demo import demo_settings
from gateway.sandbox.accounts import ACCOUNTS_FILE, Accounts
from gateway.sandbox.running import running
from tests.fault_matrix import process
from tests.fault_matrix.cells import KINDS, UPSTREAMS, Cell, matrix, sample
from tests.fault_matrix.faults import BAD_DAYS
from tests.fault_matrix.invariants import broken_in
from tests.fault_matrix.operations import OPERATIONS, WITHOUT_SUBSCRIPTION
from tests.fault_matrix.running import MIB, World, observe, world_of

SEED = int(os.environ.get("FAULT_MATRIX_SEED", "1"))
CANARIES = Accounts(**{member.name: f"sk-canary-{member.name}" for member in fields(Accounts)})
MAX_GROWTH_BYTES = 40 * MIB
"""Less than one huge body: no cell holds one, not even for a moment."""
CELLS = len(UPSTREAMS) * len(BAD_DAYS) * len(KINDS)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / ACCOUNTS_FILE).write_text(json.dumps(asdict(CANARIES)))
    with process.captured_log() as log:
        async with running(tmp_path, rows=CELLS) as sandbox:
            yield await world_of(sandbox, demo_settings(sandbox, 0), log)


async def hold(world: World, cells: Sequence[Cell]) -> None:
    """Every invariant, in every cell; and over all of them files and memory stay bounded."""
    print(f"FAULT_MATRIX_SEED={SEED}, {len(cells)} cells")  # noqa: T201 (a seed that is not told is lost)
    files, peak = process.open_files(), process.Peak()
    broken = [f"{cell}\n  {text}" for cell in cells for text in broken_in(await observe(world, cell))]
    peak.stop()
    assert not broken, f"FAULT_MATRIX_SEED={SEED}\n" + "\n".join(broken)
    assert process.open_files() <= files
    assert peak.growth < MAX_GROWTH_BYTES


async def test_a_sample_of_the_matrix_holds(world: World) -> None:
    await hold(world, sample(SEED))


@pytest.mark.slow
@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_every_cell_of_an_upstream_holds(world: World, upstream: str) -> None:
    cells = [cell for cell in matrix(SEED) if cell.upstream == upstream]
    assert len(cells) == len(BAD_DAYS) * len(KINDS) == 42
    await hold(world, cells)


def test_the_sample_has_every_bad_day_twice_and_every_upstream_with_every_kind() -> None:
    cells = sample(SEED)
    assert sorted(cell.day_name for cell in cells) == sorted([*BAD_DAYS] * 2)
    assert {(cell.upstream, cell.operation.kind) for cell in cells} == set(itertools.product(UPSTREAMS, KINDS))


def test_the_same_seed_draws_the_same_matrix_and_another_one_a_different_one() -> None:
    drawn = [str(cell) for cell in matrix(SEED)]
    assert drawn == [str(cell) for cell in matrix(SEED)]
    assert drawn != [str(cell) for cell in matrix(SEED + 1)]
    assert len(set(drawn)) == CELLS == 168


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_each_upstream_has_its_own_subscription_or_a_reason_why_not(upstream: str) -> None:
    own = [each for each in OPERATIONS if each.upstream == upstream and each.kind == "subscription" and not each.linked]
    assert bool(own) is (upstream not in WITHOUT_SUBSCRIPTION)
    schema = Path(__file__).parent.parent / "schema" / upstream
    assert schema.is_dir()
    assert (schema / "subscription.py").exists() is bool(own)
