"""schemathesis, which draws requests from the schema that it asks for, finds nothing."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.clients.venvs import python_of
from tests.fuzz.depth import SEED
from tests.fuzz.target import Target

HOOKS = Path(__file__).parent / "schemathesis"
NOT_CHECKED = "positive_data_acceptance"
"""That no input of the right types is refused: a schema cannot say that a count is at most 1,000."""
MAX_EXAMPLES = 120
MIN_CASES = 3000
TIMEOUT_S = 400


@pytest.mark.slow
def test_schemathesis_finds_nothing(target: Target, tmp_path: Path) -> None:
    schemathesis = str(python_of("schemathesis", "4.32.5").with_name("schemathesis"))
    command = [
        schemathesis, "run", f"http://{target.host}/graph", "--header", f"Authorization: Bearer {target.admin}",
        "--phases", "fuzzing", "--max-examples", str(MAX_EXAMPLES), "--seed", str(SEED), "--request-timeout", "10",
        "--suppress-health-check", "all", "--exclude-checks", NOT_CHECKED, "--no-color",
    ]  # fmt: skip
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HOOKS), "SCHEMATHESIS_HOOKS": str(HOOKS / "hooks.py")}
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    target.settle()
    assert run.returncode == 0, run.stdout[-10_000:] + run.stderr[-2000:]
    cases = re.search(r"(\d+) generated", run.stdout)
    assert cases, run.stdout
    assert int(cases[1]) > MIN_CASES
