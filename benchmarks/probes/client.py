"""What the probes ask with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(frozen=True)
class Client:
    """A gateway, and the upstream behind it."""

    session: aiohttp.ClientSession
    port: int
    upstream_port: int

    async def answer(
        self,
        document: str,
        caller: str | None,
        headers: Mapping[str, str] | None = None,
        *,
        name: str | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The whole answer; ``caller`` is the ``Authorization`` header, None for none."""
        sent = {**(headers or {}), **({"Authorization": caller} if caller else {})}
        body = {"query": document, "operationName": name, "variables": variables}
        async with self.session.post(f"http://127.0.0.1:{self.port}/graph", json=body, headers=sent) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            return answer

    async def data(self, document: str, caller: str | None, *arguments: Any, **options: Any) -> dict[str, Any]:
        """``data`` of the answer, with or without errors."""
        answer = await self.answer(document, caller, *arguments, **options)
        data: dict[str, Any] = answer["data"]
        return data

    async def upstream_requests(self) -> list[list[str]]:
        """Path and caller of each request that the upstream received since the last time."""
        async with self.session.get(f"http://127.0.0.1:{self.upstream_port}/requests") as response:
            found: list[list[str]] = await response.json()
            return found
