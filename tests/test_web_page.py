"""What the page is served with, and the schema beside it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.harness import Gateway

NONCE = re.compile(r"'nonce-([\w-]{22})'")


async def page(gateway: Gateway, path: str) -> tuple[str, str]:
    """The policy and the text."""
    async with gateway.session.get(gateway.url + path, headers={"Accept": "text/html"}) as response:
        return response.headers["Content-Security-Policy"], await response.text()


async def test_each_answer_has_a_nonce_of_its_own_for_its_styles(gateway: Gateway) -> None:
    found = set()
    for path in ("/", "/graph", "/rest", "/page/index.html", "/graph"):
        policy, text = await page(gateway, path)
        [nonce] = NONCE.findall(policy)
        assert f'<meta property="csp-nonce" nonce="{nonce}">' in text
        assert "CSP-NONCE" not in policy + text
        found.add(nonce)
    assert len(found) == 5


async def test_nothing_inline_runs_and_nothing_is_evaluated(gateway: Gateway) -> None:
    policy, text = await page(gateway, "/")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["worker-src"] == rules["connect-src"] == "'self'"
    assert [name for name, rule in rules.items() if "unsafe" in rule] == ["style-src-attr"]
    assert re.findall(r"<script(?![^>]* src=)", text) == []
    assert re.findall(r"\son\w+=|\sstyle=|<style", text) == []


async def test_the_schema_is_there_as_text(gateway: Gateway) -> None:
    async with gateway.session.get(gateway.url + "/schema.graphql") as response:
        assert (response.status, response.content_type, response.charset) == (200, "text/plain", "utf-8")
        assert await response.text() == (Path(__file__).parents[1] / "schema.graphql").read_text()
