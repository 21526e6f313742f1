"""The gateway's memory, open files and threads from outside, each second; and the line through them."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """``rss_mb`` is in 10^6 bytes, ``cpu_s`` since the process began."""

    at_s: float
    rss_mb: float
    files: int
    threads: int
    cpu_s: float


def sample(pid: int) -> Sample:
    """Raises ``OSError`` when it has ended."""
    folder = Path(f"/proc/{pid}")
    rss = int((folder / "statm").read_text().split()[1]) * PAGE
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    cpu_s = (int(fields[11]) + int(fields[12])) / TICKS_PER_S
    return Sample(time.monotonic(), rss / 1e6, len(os.listdir(folder / "fd")), int(fields[17]), cpu_s)


@contextlib.contextmanager
def watched(pid: int) -> Iterator[list[Sample]]:
    """The samples so far, one a second, taken in a thread."""
    samples: list[Sample] = []
    stop = threading.Event()

    def watch() -> None:
        with contextlib.suppress(OSError):
            while not stop.wait(1):
                samples.append(sample(pid))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        stop.set()
        thread.join()


def slope_per_minute(samples: Sequence[Sample]) -> float:
    """How the resident memory grows, in MB a minute, by least squares."""
    slope, _ = np.polyfit([each.at_s for each in samples], [each.rss_mb for each in samples], 1)
    return float(slope) * 60
