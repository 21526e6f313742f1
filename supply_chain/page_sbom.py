"""Print the bill of materials of the page, in CycloneDX, as ``npm sbom`` makes it from the lock file.

npm names the root after its folder and needs a version of it, so it works on a copy that has both.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from gateway import __version__
from supply_chain.pins import WEB

COMMAND = ("npm", "sbom", "--package-lock-only", "--omit", "dev", "--sbom-format", "cyclonedx")


def page_sbom() -> str:
    """Raises ``CalledProcessError`` when npm cannot make it."""
    package = json.loads((WEB / "package.json").read_text())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / package["name"]
        folder.mkdir()
        (folder / "package.json").write_text(json.dumps(package | {"version": __version__}))
        shutil.copy(WEB / "package-lock.json", folder)
        return subprocess.run(
            [*COMMAND, "--sbom-type", "application"], cwd=folder, check=True, stdout=subprocess.PIPE, text=True
        ).stdout


if __name__ == "__main__":
    sys.stdout.write(page_sbom())
