"""Which secret is sent to an upstream, by the scheme that its settings name.

How a secret travels (``Authorization: Bearer``, ``x-api-key``) is the vendor's matter and lives in its client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import aiohttp

from gateway.auth.principal import Principal, fingerprint, is_token
from gateway.auth.tokens import TokenCache
from gateway.errors import Forbidden, Unauthenticated
from gateway.settings import (
    ClientCredentials,
    Credential,
    ForwardCredential,
    NoCredential,
    PerUserCredential,
    Secret,
    StaticCredential,
    UpstreamSettings,
)
from gateway.store.interface import Store


class Outbound(Protocol):
    """Gives the secret to send for a caller; None for none.

    ``owned``: the secret is the gateway's, not the caller's, so that only callers who are known may have it used.
    """

    owned: ClassVar[bool]

    def account(self, principal: Principal) -> str | None:
        """Whose limits at the upstream a request counts for: a name without secrets; None without a credential."""

    async def secret(self, principal: Principal) -> str | None: ...

    def outdated(self, secret: str) -> bool:
        """The upstream refused ``secret``: whether there is, or will be, a newer one to try once."""
        return False


@dataclass(frozen=True)
class Nothing(Outbound):
    owned: ClassVar[bool] = False

    def account(self, principal: Principal) -> str | None:
        return None

    async def secret(self, principal: Principal) -> str | None:
        return None


@dataclass(frozen=True)
class Forward(Outbound):
    owned: ClassVar[bool] = False

    def account(self, principal: Principal) -> str | None:
        return None if principal.secret is None else fingerprint(principal.secret)

    async def secret(self, principal: Principal) -> str | None:
        if principal.secret is not None and not is_token(principal.secret):
            raise Unauthenticated("The access key is malformed.")
        return principal.secret


@dataclass(frozen=True)
class PerUser(Outbound):
    owned: ClassVar[bool] = True
    secrets: Mapping[str, Secret[str]]

    def account(self, principal: Principal) -> str | None:
        found = self.secrets.get(principal.id)
        return None if found is None else fingerprint(found.get_secret_value())

    async def secret(self, principal: Principal) -> str | None:
        found = self.secrets.get(principal.id)
        if found is None:
            raise Forbidden("There is no credential of yours for this upstream.")
        return found.get_secret_value()


@dataclass(frozen=True)
class Static(Outbound):
    owned: ClassVar[bool] = True
    value: str = field(repr=False)

    def account(self, principal: Principal) -> str | None:
        return "gateway"

    async def secret(self, principal: Principal) -> str | None:
        return self.value


def outbound(
    credential: Credential, upstream: UpstreamSettings, session: aiohttp.ClientSession, store: Store | None = None
) -> Outbound:
    """The implementation of the scheme that the settings name; ``store`` is where gateways share what they can."""
    match credential:
        case NoCredential():
            return Nothing()
        case ForwardCredential():
            return Forward()
        case StaticCredential():
            return Static(credential.secret())
        case PerUserCredential():
            return PerUser(credential.secrets)
        case ClientCredentials():
            return TokenCache(credential, upstream, session, store)
