"""The page at GET /rest: a person tries a REST twin."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.visiting import visited
from tests.harness import Gateway


@pytest.mark.slow
async def test_a_prediction_is_made_on_the_page_without_leaving_its_origin(gateway: Gateway, tmp_path: Path) -> None:
    visit = await visited(gateway, "rest", tmp_path, "/rest")
    assert visit.title == "fngraph REST"
    assert visit.found.startswith("200")
    assert '"stringValue": "Hello, Yusuf!"' in visit.found
    assert f"{gateway.url}/predict/%40fxn%2Fgreeting?rawOutputs=false" in visit.requests
    assert list(visit.session_storage.values()) == [gateway.sandbox.accounts.yusuf_key]
    assert visit.local_storage == {}
