"""Virtual environments of vendor clients, one for each release, kept in ``.cache`` between runs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CACHE = ROOT / ".cache" / "venvs"
UV = Path(sys.executable).with_name("uv")


def python_of(client: str, release: str) -> Path:
    """The Python of an environment with exactly what ``requirements/clients`` pins; made when it is not there."""
    pins = ROOT / "requirements" / "clients" / f"{client}-{release}.txt"
    folder = CACHE / f"{client}-{release}"
    stamp = folder / "pins.txt"
    if not stamp.exists() or stamp.read_bytes() != pins.read_bytes():
        _make(folder, pins)
    return folder / "bin" / "python"


def _make(folder: Path, pins: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([UV, "venv", "-q", "--python", sys.executable, folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([UV, "pip", "install", "-q", "--python", python, "--require-hashes", "-r", pins], check=True)
    shutil.copy(pins, folder / "pins.txt")
