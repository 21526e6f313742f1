"""From a request's credential to its context: the same for every transport."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from gateway.auth.authenticators import Chain
from gateway.auth.inbound import caller_of
from gateway.context import Context
from gateway.settings import Settings
from gateway.upstreams.clients import Upstreams


def new_request_id() -> str:
    """32 hexadecimal digits, shown with errors and in the log."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Contexts:
    """What lives as long as the gateway and is needed for each request; in the lifespan's state as ``contexts``."""

    settings: Settings
    upstreams: Upstreams
    chain: Chain

    async def open(self, request_id: str, authorization: list[str]) -> Context:
        """The context of a request with these ``Authorization`` values. Raises ``Unauthenticated``."""
        principal = await self.chain.authenticate(caller_of(authorization))
        return Context(request_id, principal, self.settings, self.upstreams, self.chain)
