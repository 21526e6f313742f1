"""What was aimed at, and whether it was met."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Verdict:
    """One figure beside its target. ``value`` is None where it could not be measured; ``note`` says why."""

    what: str
    value: float | None
    target: float
    kind: Literal["at least", "at most"]
    unit: str = "x"
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.value is None:
            return None
        return self.value >= self.target if self.kind == "at least" else self.value <= self.target

    def line(self) -> str:
        found = "-" if self.value is None else number(self.value)
        word = {True: "met", False: "MISSED", None: "not run"}[self.met]
        target = f"{self.kind} {number(self.target)} {self.unit}"
        return f"{word:8} {found:>9} {self.unit:3} {target:>18}  {self.what}{f' ({self.note})' if self.note else ''}"

    def plain(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}


def at_least(what: str, value: float | None, target: float, unit: str = "x", note: str = "") -> Verdict:
    return Verdict(what, value, target, "at least", unit, note)


def at_most(what: str, value: float | None, target: float, unit: str = "x", note: str = "") -> Verdict:
    return Verdict(what, value, target, "at most", unit, note)


def number(value: float) -> str:
    """With three figures, and no more than are known."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
