"""Makes what the benchmarks need under ``.cache/bench``, and says what could not be had.

Nothing here is fatal but wrk and the C compiler: a peer that is missing is left out of the tables, by name.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from benchmarks.rig.glibc import newer_loader
from benchmarks.rig.places import CACHE, PYTHON_PACKAGES, SOURCES, python

UPSTREAM = CACHE / "upstream"
PEERS = CACHE / "peers"
HIVE = PEERS / "node_modules" / ".bin" / "hive-gateway"
MESH = PEERS / "node_modules" / ".bin" / "mesh-compose"
TAILCALL = PEERS / "node_modules" / "@tailcallhq" / "core-linux-x64-gnu" / "bin" / "tailcall"


class NotThere(Exception):  # noqa: N818
    """Something that a benchmark needs cannot be had here."""


def set_up() -> dict[str, str]:
    """Everything; what is missing, by name, with the reason. Raises ``NotThere`` for what nothing works without."""
    CACHE.mkdir(parents=True, exist_ok=True)
    for program, package in (("wrk", "wrk"), ("gcc", "gcc"), ("taskset", "util-linux")):
        _program(program, package)
    _compile_upstream()
    _python_packages()
    missing = {}
    for name, prepare in (("npm packages", _npm_packages), ("Tailcall", _tailcall)):
        reason = _try(prepare)
        if reason:
            missing[name] = reason
    return missing


def tailcall_argv() -> list[str]:
    """How Tailcall is started here. Raises ``NotThere``."""
    if not TAILCALL.exists():
        raise NotThere("npm has no Tailcall for this machine")
    TAILCALL.chmod(0o755)
    for argv in ([str(TAILCALL)], [*(newer_loader(CACHE / "glibc") or []), str(TAILCALL)]):
        if subprocess.run([*argv, "--version"], capture_output=True).returncode == 0:  # noqa: S603
            return argv
    raise NotThere("its binary needs glibc 2.39, which is neither here nor in a newer suite of this machine's mirror")


def _try(prepare: Callable[[], object]) -> str | None:
    try:
        prepare()
    except (NotThere, OSError, subprocess.CalledProcessError) as error:
        return str(error)
    return None


def _program(name: str, package: str) -> None:
    if shutil.which(name):
        return
    apt = shutil.which("apt-get")
    if apt is None:
        raise NotThere(f"{name} is missing: install it")
    print(f"Installing {package} ...", flush=True)
    for argv in ([apt, "update", "-q"], [apt, "install", "-y", "-q", package]):
        subprocess.run(argv, capture_output=True)  # noqa: S603
    if not shutil.which(name):
        raise NotThere(f"{name} is missing, and apt-get could not install it: install it yourself")


def _compile_upstream() -> None:
    source = SOURCES / "posts" / "upstream.c"
    if not UPSTREAM.exists() or UPSTREAM.stat().st_mtime < source.stat().st_mtime:
        _run(["gcc", "-O2", "-Wall", "-o", str(UPSTREAM), str(source)])


def _python_packages() -> None:
    pinned = SOURCES / "requirements.txt"
    if _is_done(PYTHON_PACKAGES, pinned):
        return
    print("Installing Python packages ...", flush=True)
    argv = [python(), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--upgrade", "--require-hashes"]
    _run([*argv, "-r", str(pinned), "--target", str(PYTHON_PACKAGES)])
    _mark_done(PYTHON_PACKAGES, pinned)


def _npm_packages() -> None:
    lock = SOURCES / "peers" / "package-lock.json"
    if _is_done(PEERS, lock):
        return
    if shutil.which("npm") is None:
        raise NotThere("npm is missing: install Node.js 20 or newer")
    print("Installing Hive Gateway and Tailcall ...", flush=True)
    PEERS.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(SOURCES / "peers" / name, PEERS / name)
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], PEERS)
    _mark_done(PEERS, lock)


def _tailcall() -> None:
    tailcall_argv()


def _is_done(folder: Path, pinned: Path) -> bool:
    mark = folder / ".installed"
    return mark.exists() and mark.read_bytes() == pinned.read_bytes()


def _mark_done(folder: Path, pinned: Path) -> None:
    shutil.copyfile(pinned, folder / ".installed")


def _run(argv: list[str], folder: Path | None = None) -> None:
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise NotThere(f"{argv[0]}: {(done.stderr or done.stdout).strip()[-500:]}")
