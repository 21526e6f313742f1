"""The page at GET /rest: a person tries a REST twin in a Chromium that can reach nothing but loopback."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import msgspec
import pytest

from tests.browser.test_page import ROOT, VISIT_S, Visit
from tests.harness import Gateway


@pytest.mark.slow
async def test_a_prediction_is_made_on_the_page_without_leaving_its_origin(gateway: Gateway, tmp_path: Path) -> None:
    visit = await visited(gateway, tmp_path / "page.png")
    assert visit.title == "fngraph REST"
    assert visit.answer.startswith("200")
    assert '"stringValue": "Hello, Yusuf!"' in visit.answer
    assert visit.console_errors == []
    assert [url for url in visit.requests if not url.startswith((f"{gateway.url}/", "data:"))] == []
    assert f"{gateway.url}/predict/%40fxn%2Fgreeting?rawOutputs=false" in visit.requests
    assert list(visit.session_storage.values()) == [gateway.sandbox.accounts.yusuf_key]
    assert visit.local_storage == {}


async def visited(gateway: Gateway, screenshot: Path) -> Visit:
    node, chromium = shutil.which("node"), shutil.which("chromium")
    assert node, "needs Node"
    assert chromium, "needs Debian's package chromium"
    arguments = (str(ROOT / "web/visitRest.mjs"), chromium, gateway.url + "/rest", gateway.sandbox.accounts.yusuf_key)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(node, *arguments, str(screenshot), stdout=pipe, stderr=pipe)
    seen, errors = await asyncio.wait_for(process.communicate(), VISIT_S)
    assert process.returncode == 0, errors.decode()
    return msgspec.json.decode(seen, type=Visit)
