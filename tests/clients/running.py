"""One run of a client's driver against a gateway of its own."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.commands.demo import demo_settings
from gateway.sandbox.running import running
from tests.clients.venvs import python_of
from tests.harness import serving

DRIVERS = Path(__file__).parent / "drivers"
TIMEOUT_S = 120


@dataclass(frozen=True)
class Run:
    """What each call gave or raised, and the first lines of the requests that reached the prediction upstream."""

    calls: dict[str, dict[str, Any]]
    requests: list[str]

    def gives(self, name: str) -> Any:
        """The result of a call that did not raise."""
        assert "gives" in self.calls[name], self.calls[name]
        return self.calls[name]["gives"]

    def raises(self, name: str) -> Any:
        """``Name: text`` of what a call raised."""
        assert "raises" in self.calls[name], self.calls[name]
        return self.calls[name]["raises"]


async def run_driver(release: str, driver: str, path: str, folder: Path) -> Run:
    """Run fxn with a driver as yusuf, with ``path`` of the gateway as its API URL and ``folder`` as its home."""
    (folder / "data").mkdir()
    async with running(folder / "data", rows=60) as sandbox, serving(demo_settings(sandbox, 0), sandbox) as gateway:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "FXN_API_URL": gateway.url + path,
            "FXN_ACCESS_KEY": sandbox.accounts.yusuf_key,
        }
        process = await asyncio.create_subprocess_exec(
            python_of("fxn", release), DRIVERS / driver, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
        assert process.returncode == 0
        return Run(json.loads(output), sandbox.prediction.log.lines)
