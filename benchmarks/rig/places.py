"""Where the rig keeps what it makes, and which cores it uses."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

SOURCES = Path(__file__).parent.parent
ROOT = SOURCES.parent
CACHE = ROOT / ".cache" / "bench"
RUN = CACHE / "run"
PYTHON_PACKAGES = CACHE / "python"
RESULTS = SOURCES / "results"

_CORES = sorted(os.sched_getaffinity(0))
GATEWAY_CORE = _CORES[0]
LOAD_CORE = _CORES[-1]
CORES = len(_CORES)


def python_env() -> dict[str, str]:
    """The environment of a Python server: our packages, and those that only the benchmarks need."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(PYTHON_PACKAGES)))}


def python() -> str:
    return sys.executable


def fngraph() -> str:
    """The command line of the gateway, beside this Python."""
    return shutil.which("fngraph", path=str(Path(sys.executable).parent)) or "fngraph"
