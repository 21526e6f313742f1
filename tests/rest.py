"""Calls of the REST twins, with paths sent as they are written."""

from __future__ import annotations

from typing import Any

import msgspec
from yarl import URL

from tests.harness import Answer, Gateway


async def call(
    gateway: Gateway, method: str, path: str, body: Any = None, *, key: str | None = "admin", **headers: str
) -> Answer:
    """Call as ``admin`` (yusuf), ``user`` (ada), with any other key, or anonymously (None). Bytes are sent as they are.

    ``headers`` take ``_`` for ``-``.
    """
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if key is not None:
        accounts = gateway.sandbox.accounts
        known = {"admin": accounts.yusuf_key, "user": accounts.ada_key}
        fields["Authorization"] = f"Bearer {known.get(key, key)}"
    if body is not None:
        fields.setdefault("Content-Type", "application/json")
    data = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
    url = URL(gateway.url + path, encoded=True)
    async with gateway.session.request(method, url, data=data, headers=fields) as response:
        answered = {name.lower(): value for name, value in response.headers.items()}
        content = await response.read()
        return Answer(response.status, answered, msgspec.json.decode(content) if content else None)
