"""From a request's credential to its context: the same for every transport."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass

from graphql.pyutils import AwaitableOrValue
from starlette.types import Scope

from gateway.auth.authenticators import Chain
from gateway.auth.caller_id import caller_id
from gateway.auth.inbound import caller_of
from gateway.auth.principal import ANONYMOUS, Principal
from gateway.callers.accounts import Callers
from gateway.context import Context
from gateway.errors import Unauthenticated, UpstreamTimeout
from gateway.http.exchange import BODY, client_address, header
from gateway.settings import Settings
from gateway.upstreams.clients import Upstreams

_PROCESS = secrets.token_hex(8)
_NUMBERS = itertools.count()


def new_request_id() -> str:
    """32 hexadecimal digits, shown with errors and in the log: the process, and the request's number in it."""
    return f"{_PROCESS}{next(_NUMBERS):016x}"


@dataclass(frozen=True)
class Contexts:
    """What lives as long as the gateway and is needed for each request; in the lifespan's state as ``contexts``."""

    settings: Settings
    upstreams: Upstreams
    chain: Chain
    callers: Callers

    def of(self, scope: Scope, request_id: str) -> AwaitableOrValue[Context]:
        """The context of an HTTP request. Raises ``Unauthenticated`` or ``RateLimited``."""
        found = self.open(request_id, header(scope, b"authorization"), client_address(scope))
        if not isinstance(found, Context):
            scope.pop(BODY, None)  # after the wait, `receive` has it too, and knows whether the client is still there
        return found

    def open(self, request_id: str, authorization: list[str], address: str | None) -> AwaitableOrValue[Context]:
        """The context of a request with these ``Authorization`` values.

        At once, where nobody has to wait to know who calls. Raises ``Unauthenticated``, ``RateLimited`` or, after
        ``operation_timeout_s``, ``UpstreamTimeout``.
        """
        try:
            found = self.chain.authenticate(caller_of(authorization))
        except Unauthenticated:
            self._charge_unknown(address)
            raise
        if isinstance(found, Principal):
            return self._admitted(found, request_id, address)
        return self._waited(found, request_id, address)

    async def _waited(self, asked: Awaitable[Principal], request_id: str, address: str | None) -> Context:
        try:
            async with asyncio.timeout(self.settings.limits.operation_timeout_s):
                principal = await asked
        except Unauthenticated:
            self._charge_unknown(address)
            raise
        except TimeoutError as error:
            raise UpstreamTimeout("It took too long to find out who calls.") from error
        return self._admitted(principal, request_id, address)

    def _admitted(self, principal: Principal, request_id: str, address: str | None) -> Context:
        account = self.callers.account(caller_id(principal, address))
        account.check()
        return Context(request_id, principal, account, self.settings, self.upstreams, self.chain)

    def _charge_unknown(self, address: str | None) -> None:
        self.callers.account(caller_id(ANONYMOUS, address)).charge_refused()
