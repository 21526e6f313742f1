"""Automatic persisted queries, as Apollo's clients send them."""

from __future__ import annotations

from tests.harness import Answer, Gateway


async def named(gateway: Gateway, sha256: str, text: str | None = None) -> Answer:
    """A document by its hash, with its text or without, as yusuf."""
    body = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256}}, "query": text}
    headers = {"Authorization": f"Bearer {gateway.sandbox.accounts.yusuf_key}"}
    async with gateway.session.post(gateway.url + "/graph", json=body, headers=headers) as response:
        return Answer(response.status, {}, await response.json())
