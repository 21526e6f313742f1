"""What a run found: gathered as it goes, printed, and written as JSON."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.rig.measuring import Figures, median, plain
from benchmarks.rig.targets import Verdict, number

COLUMNS = (
    ("q/CPU-s", "per_cpu_s"),
    ("q/s", "per_s"),
    ("p50 ms", "p50_ms"),
    ("p99 ms", "p99_ms"),
    ("upstream/q", "upstream_per_query"),
    ("RSS MB", "rss_mb"),
    ("failed", "failed"),
)


@dataclass(frozen=True)
class Table:
    """The contenders of one scenario; ``floor`` names the one that the others are compared with."""

    title: str
    floor: str
    rows: Mapping[str, Sequence[Figures]]

    def text(self) -> str:
        medians = {name: median(rounds) for name, rounds in self.rows.items() if rounds}
        base = medians[self.floor].per_cpu_s if self.floor in medians else None
        lines = [f"\n{self.title}", f"  {'':20}" + "".join(f"{title:>12}" for title, _ in COLUMNS) + f"{'x floor':>10}"]
        for name, found in sorted(medians.items(), key=lambda item: -item[1].per_cpu_s):
            cells = "".join(f"{number(getattr(found, figure)):>12}" for _, figure in COLUMNS)
            lines.append(f"  {name:20}{cells}" + (f"{found.per_cpu_s / base:>10.2f}" if base else ""))
        return "\n".join(lines)

    def plain(self) -> dict[str, Any]:
        rows = {
            name: {"median": plain(median(rounds)), "rounds": [plain(one) for one in rounds]}
            for name, rounds in self.rows.items()
            if rounds
        }
        return {"title": self.title, "floor": self.floor, "rows": rows}


@dataclass
class Report:
    """Tables, verdicts, starts, and what could not be run with the reason."""

    tables: list[Table] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    not_run: dict[str, str] = field(default_factory=dict)
    starts: dict[str, dict[str, float]] = field(default_factory=dict)
    measurements: dict[str, Any] = field(default_factory=dict)

    def add(self, table: Table, verdicts: Sequence[Verdict]) -> None:
        self.tables.append(table)
        self.verdicts += verdicts
        print(table.text(), flush=True)

    def judge(self, *verdicts: Verdict) -> None:
        self.verdicts += verdicts
        for verdict in verdicts:
            print(f"  {verdict.line()}", flush=True)

    def text(self) -> str:
        lines = ["\nRatios and figures beside what is aimed at", *(verdict.line() for verdict in self.verdicts)]
        lines += [f"\nCould not run: {name}: {reason}" for name, reason in self.not_run.items()]
        return "\n".join(lines)

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{time.strftime('%Y-%m-%d-%H%M')}.json"
        file.write_text(json.dumps(self.plain(), indent=1) + "\n")
        return file

    def plain(self) -> dict[str, Any]:
        return {
            "when": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
            "verdicts": [verdict.plain() for verdict in self.verdicts],
            "tables": [table.plain() for table in self.tables],
            "starts": self.starts,
            "measurements": self.measurements,
            "notRun": self.not_run,
        }
