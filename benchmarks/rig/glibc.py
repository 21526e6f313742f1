"""A newer C library in a folder of its own, for a program that was built for a newer system than this one.

It comes by apt from a later suite of the mirror that this machine uses; the system's own stays as it is.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

SUITE = "trixie"
PACKAGES = ("libc6", "libgcc-s1")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def newer_loader(folder: Path) -> list[str] | None:
    """The start of a command line that runs a program with it; None where it cannot be had."""
    found = _loader(folder)
    if found is None and shutil.which("apt-get") and KEYRING.exists():
        _fetch(folder)
        found = _loader(folder)
    return found


def _loader(folder: Path) -> list[str] | None:
    loader = next(folder.glob("usr/lib/*/ld-linux-*.so.2"), None)
    return None if loader is None else [str(loader), "--library-path", str(loader.parent)]


def _fetch(folder: Path) -> None:
    mirror = _mirror()
    if mirror is None:
        return
    apt = folder / "apt"
    for name in ("etc/apt.conf.d", "etc/preferences.d", "etc/sources.list.d", "state/lists/partial"):
        (apt / name).mkdir(parents=True, exist_ok=True)
    (apt / "cache/archives/partial").mkdir(parents=True, exist_ok=True)
    (apt / "etc/sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror} {SUITE} main\n")
    for config in Path("/etc/apt/apt.conf.d").glob("*"):
        shutil.copyfile(config, apt / "etc/apt.conf.d" / config.name)
    shutil.copyfile("/var/lib/dpkg/status", apt / "state/status")
    options = [f"-oDir::Etc={apt}/etc", f"-oDir::State={apt}/state", f"-oDir::Cache={apt}/cache"]
    options += [f"-oDir::State::status={apt}/state/status", "-oAPT::Sandbox::User="]
    subprocess.run(["apt-get", *options, "update", "-q"], capture_output=True)  # noqa: S603, S607
    subprocess.run(["apt-get", *options, "download", *PACKAGES], cwd=apt, capture_output=True)  # noqa: S603, S607
    for package in apt.glob("*.deb"):
        subprocess.run(["dpkg", "-x", str(package), str(folder)], capture_output=True)  # noqa: S603, S607


def _mirror() -> str | None:
    """Where this Debian takes its packages from."""
    for source in [*sorted(Path("/etc/apt").glob("sources.list*/*.sources")), Path("/etc/apt/sources.list")]:
        text = source.read_text() if source.exists() else ""
        found = re.search(r"^(?:URIs:|deb)\s+(?:\[[^]]*\]\s+)?(\S+/debian)/?(?:\s|$)", text, re.MULTILINE)
        if found:
            return found[1]
    return None
