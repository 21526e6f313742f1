"""Say which pinned packages have known vulnerabilities, and what could not be asked, which is not the same as none.

pip-audit reports a package that its service does not know as skipped and ends with 0, and a mirror may know no advisory
at all. So a version with known vulnerabilities is asked about first, and when it seems to have none, no answer counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from supply_chain.pins import ROOT, WEB

PIP_AUDIT = ROOT / ".cache" / "venvs" / "supply-chain" / "bin" / "pip-audit"
PINNED = [ROOT / "requirements" / name for name in ("runtime.txt", "dev.txt", "docs.txt", "deploy.txt", "build.txt")]
CANARY = "jinja2==2.10"
"""Has known vulnerabilities since 2019 (CVE-2019-10906)."""

FOUND, NOT_ASKED = 1, 3


class NotAskedError(Exception):
    """A service gave no answer that counts; says why."""


def python_findings(files: list[Path], pip_audit: Path = PIP_AUDIT) -> list[str]:
    """A line for each known vulnerability of what the files pin for this Python. Raises ``NotAskedError``."""
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder) / "canary.txt"
        canary.write_text(CANARY + "\n")
        if not _ask_python(canary, pip_audit):
            raise NotAskedError(f"the service knows no vulnerability of {CANARY}, which has some")
    return list(dict.fromkeys(line for file in files for line in _ask_python(file, pip_audit)))


def _ask_python(file: Path, pip_audit: Path) -> list[str]:
    options = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json")
    dependencies = _answer([str(pip_audit), "-r", str(file), *options], ROOT)["dependencies"]
    skipped = [package["skip_reason"] for package in dependencies if "skip_reason" in package]
    if skipped:
        raise NotAskedError(f"{len(skipped)} of {len(dependencies)} packages of {file.name}, such as: {skipped[0]}")
    return [
        f"{package['name']} {package['version']}: {found['id']}, fixed in {', '.join(found['fix_versions']) or 'none'}"
        for package in dependencies
        for found in package["vulns"]
    ]


def npm_findings(npm: Path = Path("npm")) -> list[str]:
    """A line for each package of web/package-lock.json with known vulnerabilities. Raises ``NotAskedError``."""
    report = _answer([str(npm), "audit", "--json", "--package-lock-only"], WEB)
    if "vulnerabilities" not in report:
        raise NotAskedError(str(report.get("message", report)).partition(" - ")[0])
    return [f"{name} {found['range']}: {found['severity']}" for name, found in report["vulnerabilities"].items()]


def _answer(command: list[str], folder: Path) -> Any:
    """The JSON that a command prints; its exit status only says whether it found something."""
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    try:
        return json.loads(run.stdout)
    except ValueError:
        reason = run.stderr.strip().rpartition("\n")[2]
        raise NotAskedError(f"{Path(command[0]).name} gave no answer: {reason}") from None


def audit(asked: dict[str, Callable[[], list[str]]]) -> Iterator[tuple[int, str]]:
    """An exit status and what to print, for each source that is asked."""
    for source, ask in asked.items():
        try:
            found = ask()
        except NotAskedError as reason:
            yield NOT_ASKED, f"{source}: NOT ASKED, so nothing is known: {reason}"
        else:
            yield (FOUND if found else 0), "\n  ".join([f"{source}: {len(found)} known vulnerabilities", *found])


def main() -> int:
    """0 when all could be asked and none is known, 1 when some are, 3 when none is, but not all could be asked."""
    statuses = []
    for status, text in audit({"Python": lambda: python_findings(PINNED), "npm": npm_findings}):
        print(text)
        statuses.append(status)
    return FOUND if FOUND in statuses else max(statuses)


if __name__ == "__main__":
    sys.exit(main())
