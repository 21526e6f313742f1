"""The pinned packages, read from the lock files: ``requirements/*.txt`` and ``web/package-lock.json``."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
RUNTIME = ROOT / "requirements" / "runtime.txt"
WEB = ROOT / "web"
PAGE = WEB / "package-lock.json"

PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def python_pins(file: Path = RUNTIME) -> dict[str, list[str]]:
    """Versions by package, sorted. A package has several when they differ by version of Python."""
    pins = defaultdict(list)
    for name, version in PIN.findall(file.read_text()):
        pins[name].append(version)
    return dict(pins)


def page_packages(file: Path = PAGE) -> dict[tuple[str, str], str]:
    """Licences by (package, version) of what the page may be built from, sorted; without what only builds it."""
    packages = json.loads(file.read_text())["packages"]
    return {
        (path.rpartition("node_modules/")[2], package["version"]): package.get("license", "")
        for path, package in sorted(packages.items(), key=lambda item: item[0].rpartition("node_modules/")[2])
        if path and not package.get("dev")
    }
