"""Visits in a real headless Chromium that can reach nothing but loopback.

web/visit.mjs makes them, through the npm package playwright-core (`make page` installs it): it weighs 14 MB where its
Python twin, with a Node of its own, weighs 165, and the page's build has Node anyway.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import msgspec

from tests.harness import Gateway

ROOT = Path(__file__).parents[2]
VISIT_S = 120


class Visit(msgspec.Struct, rename="camel"):
    """What web/visit.mjs saw; ``found`` is what the visit itself gave."""

    title: str
    found: Any
    console_errors: list[str]
    requests: list[str]
    sockets: list[str]
    local_storage: dict[str, str]
    session_storage: dict[str, str]


async def visited(gateway: Gateway, name: str, folder: Path, path: str = "/graph") -> Visit:
    """Make a visit of web/visits with yusuf's key; no error may be in the console, and no request may leave."""
    node, chromium = shutil.which("node"), shutil.which("chromium")
    assert node, "needs Node"
    assert chromium, "needs Debian's package chromium"
    script, screenshot = str(ROOT / "web/visit.mjs"), folder / f"{name}.png"
    arguments = (script, name, chromium, gateway.url + path, gateway.sandbox.accounts.yusuf_key, str(screenshot))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(node, *arguments, stdout=pipe, stderr=pipe)
    seen, errors = await asyncio.wait_for(process.communicate(), VISIT_S)
    assert process.returncode == 0, errors.decode()
    visit = msgspec.json.decode(seen, type=Visit)
    assert visit.console_errors == []
    assert [url for url in visit.requests if not url.startswith((f"{gateway.url}/", "data:"))] == []
    assert screenshot.stat().st_size > 0
    return visit
