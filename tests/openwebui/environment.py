"""A virtual environment with the real Open WebUI, under ``.cache/venvs``, made when it is missing.

The requirement files pin what the server needs without models and vector stores, with hashes; its own metadata asks for
far more, so nothing is resolved. A file is renewed by ``uv pip compile --no-deps --generate-hashes`` of itself. The
server's licence has a branding clause: it is installed from its package at test time, and none of it is kept here.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
UV = Path(sys.executable).with_name("uv")


def environment(version: str) -> Path:
    """The environment's folder. It is made anew after its requirement file changed."""
    requirements = ROOT / "requirements" / f"openwebui-{version}.txt"
    folder = ROOT / ".cache" / "venvs" / f"openwebui-{version}"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    ready = folder / ".ready"
    if not ready.exists() or ready.read_text() != digest:
        shutil.rmtree(folder, ignore_errors=True)
        _uv("venv", "--python", sys.executable, str(folder))
        _uv("pip", "install", "--python", str(folder), "--no-deps", "--require-hashes", "-r", str(requirements))
        ready.write_text(digest)
    return folder


def _uv(*arguments: str) -> None:
    run = subprocess.run([UV, "--quiet", *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
