"""Several gateways in processes of their own over one store, as behind a balancer."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from gateway.auth.principal import fingerprint
from gateway.sandbox.running import Sandbox
from tests.harness import Answer
from tests.redis_server import RedisServer
from tests.served import Served, served

PATIENCE_S = 10.0
TIMEOUT_S = "2"
"""Of the store: a loaded machine has slack."""


class Copies:
    """``each`` gateway; ``post`` sends to one after the other."""

    def __init__(self, each: list[Served]) -> None:
        self.each = each
        self._turns = itertools.cycle(each)

    async def post(self, document: str, variables: dict[str, Any] | None = None, key: str | None = "admin") -> Answer:
        return await next(self._turns).post(document, variables, key)

    async def until(self, degraded: bool) -> None:
        """Wait for each of them to say so."""
        async with asyncio.timeout(PATIENCE_S):
            while {await degraded_of(copy) for copy in self.each} != {degraded}:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def degraded_of(copy: Served) -> bool:
    async with copy.session.get(copy.url + "/readyz") as response:
        assert response.status == 200
        return bool((await response.json())["store"]["degraded"])


@contextlib.asynccontextmanager
async def copies(
    count: int, folder: Path, sandbox: Sandbox, server: RedisServer, **settings: Any
) -> AsyncIterator[Copies]:
    """``settings`` are top-level ones. The sandbox's two keys are the gateways' own, and so is its client of invoke."""
    known = {"yusuf": (sandbox.accounts.yusuf_key, ["USER", "ADMIN"]), "ada": (sandbox.accounts.ada_key, ["USER"])}
    keys = [
        {"id": name, "sha256": fingerprint(key), "roles": roles, "forward": True}
        for name, (key, roles) in known.items()
    ]
    accounts, invoke = sandbox.accounts, settings.pop("invoke", {})
    credential = {
        "scheme": "client_credentials",
        "client_id": accounts.nyckel_client_id,
        "client_secret": accounts.nyckel_client_secret,
    }
    settings = {
        "store": server.url,
        "store_timeout_s": TIMEOUT_S,
        "auth": json.dumps({"order": ["keys", "upstream"], "keys": keys}),
        "invoke": json.dumps({"credential": credential} | invoke),
    } | {name: value if isinstance(value, str) else json.dumps(value) for name, value in settings.items()}
    async with contextlib.AsyncExitStack() as stack:
        folders = [folder / f"copy-{number}" for number in range(count)]
        for each in folders:
            each.mkdir()
        starting = (stack.enter_async_context(served(each, sandbox, **settings)) for each in folders)
        yield Copies(list(await asyncio.gather(*starting)))
