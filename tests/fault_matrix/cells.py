"""The cells of the matrix, drawn from a seed: the same seed draws the same cells in the same order."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from gateway.sandbox.faults import Fault
from tests.fault_matrix.faults import BAD_DAYS, REFUSED, BadDay
from tests.fault_matrix.operations import OPERATIONS, SIBLINGS, Kind, Operation

UPSTREAMS = ("prediction", "deployment", "function_admin", "invoke")
KINDS: tuple[Kind, ...] = get_args(Kind)
MEDIA_TYPES = ("application/json", "application/graphql-response+json")
TIMES = (None, None, None, 1, 2)
READ_TIMEOUTS_S = (0.5, 5.0)
"""Shorter than the pause of a drip, and longer than all other deadlines."""


@dataclass(frozen=True)
class Cell:
    """One upstream, bad day and kind of operation, with everything else that was drawn for it."""

    number: int
    day_name: str
    operation: Operation
    parameters: dict[str, Any]
    match: str
    times: int | None
    sibling: Operation | None
    sibling_first: bool
    warm: bool
    media_type: str
    read_timeout_s: float

    @property
    def day(self) -> BadDay:
        return BAD_DAYS[self.day_name]

    @property
    def upstream(self) -> str:
        return self.operation.upstream

    @property
    def refused(self) -> bool:
        return self.day_name == REFUSED

    def fault(self) -> Fault:
        """For a cell that is not ``refused``."""
        return Fault(**self.parameters, match=self.match, times=self.times)

    @property
    def variables(self) -> dict[str, Any]:
        return {name: operation.variables(self.number) for name, operation in self._roots}

    @property
    def document(self) -> str:
        takes = ", ".join(f"${name}: {operation.type_of_input}" for name, operation in self._roots)
        fields = (f"{name}: {each.field}(input: ${name}) {each.selection}" for name, each in self._roots)
        return f"{self.operation.kind} ({takes}) {{ {' '.join(fields)} }}"

    @property
    def _roots(self) -> list[tuple[str, Operation]]:
        roots = [("own", self.operation)] + ([("sibling", self.sibling)] if self.sibling else [])
        return roots[::-1] if self.sibling_first else roots

    def __str__(self) -> str:
        drawn = {
            "match": self.match, "times": self.times, "sibling": self.sibling and self.sibling.upstream,
            "sibling first": self.sibling_first, "warm": self.warm, "accept": self.media_type,
            "read_timeout_s": self.read_timeout_s, "headers": self.parameters.get("headers", {}).get("Retry-After"),
        }  # fmt: skip
        name = f"{self.upstream}, {self.day_name}, {self.operation.kind} {self.operation.field}"
        return f"cell {self.number}: {name} {drawn}"


def matrix(seed: int) -> list[Cell]:
    """All cells, in an order of the seed's."""
    names = list(itertools.product(UPSTREAMS, BAD_DAYS, KINDS))
    cells = [_drawn(seed, number, *each) for number, each in enumerate(names)]
    random.Random(seed).shuffle(cells)
    return cells


def sample(seed: int) -> list[Cell]:
    """Every bad day twice, and every upstream with every kind of operation twice or more: 28 of the 168 cells."""
    by_name = {(cell.upstream, cell.day_name, cell.operation.kind): cell for cell in matrix(seed)}
    pairs = list(itertools.product(UPSTREAMS, KINDS))
    chance = random.Random(seed)
    chance.shuffle(pairs)
    days = list(BAD_DAYS)
    chance.shuffle(days)
    turns = zip(itertools.cycle(pairs), days * 2, strict=False)
    return [by_name[upstream, day, kind] for (upstream, kind), day in turns]


def _drawn(seed: int, number: int, upstream: str, day_name: str, kind: Kind) -> Cell:
    chance = random.Random(f"{seed} {upstream} {day_name} {kind}")
    day = BAD_DAYS[day_name]
    operation = chance.choice(_of(OPERATIONS, kind, upstream))
    others = [each for each in SIBLINGS if each.kind == kind and each.upstream != upstream]
    return Cell(
        number=number,
        day_name=day_name,
        operation=operation,
        parameters=day.parameters(chance),
        match=chance.choice(("", operation.sends)),
        times=chance.choice(TIMES),
        sibling=chance.choice([*others, None]) if others else None,
        sibling_first=chance.random() < 0.5,
        warm=chance.random() < 0.5,
        media_type=chance.choice(MEDIA_TYPES),
        read_timeout_s=chance.choice(READ_TIMEOUTS_S),
    )


def _of(operations: Sequence[Operation], kind: Kind, upstream: str) -> list[Operation]:
    return [each for each in operations if (each.kind, each.upstream) == (kind, upstream)]
