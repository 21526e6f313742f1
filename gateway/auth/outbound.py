"""Which secret is sent to an upstream, by the scheme that its settings name.

How a secret travels (``Authorization: Bearer``, ``x-api-key``) is the vendor's matter and lives in its client.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import aiohttp
import msgspec
from pydantic import SecretStr

from gateway.auth.principal import Principal, is_token
from gateway.bodies import read_at_most
from gateway.errors import Forbidden, Unauthenticated, UpstreamUnavailable
from gateway.settings import (
    ClientCredentials,
    Credential,
    ForwardCredential,
    NoCredential,
    PerUserCredential,
    StaticCredential,
    UpstreamSettings,
)

MAX_TOKEN_BYTES = 64 * 1024


class Outbound(Protocol):
    """Gives the secret to send for a caller; None for none.

    ``owned``: the secret is the gateway's, not the caller's, so that only callers who are known may have it used.
    """

    owned: ClassVar[bool]

    async def secret(self, principal: Principal) -> str | None: ...


@dataclass(frozen=True)
class Nothing:
    owned: ClassVar[bool] = False

    async def secret(self, principal: Principal) -> str | None:
        return None


@dataclass(frozen=True)
class Forward:
    owned: ClassVar[bool] = False

    async def secret(self, principal: Principal) -> str | None:
        if principal.secret is not None and not is_token(principal.secret):
            raise Unauthenticated("The access key is malformed.")
        return principal.secret


@dataclass(frozen=True)
class PerUser:
    owned: ClassVar[bool] = True
    secrets: Mapping[str, SecretStr]

    async def secret(self, principal: Principal) -> str | None:
        found = self.secrets.get(principal.id)
        if found is None:
            raise Forbidden("There is no credential of yours for this upstream.")
        return found.get_secret_value()


@dataclass(frozen=True)
class Static:
    owned: ClassVar[bool] = True
    value: str = field(repr=False)

    async def secret(self, principal: Principal) -> str | None:
        return self.value


class _Token(msgspec.Struct):
    """RFC 6749, section 5.1. ``expires_in`` is in seconds."""

    access_token: str
    expires_in: float = 3600.0


class TokenCache:
    """A client-credentials token, shared by all callers: one renewal at a time, early, never while it is fresh.

    Raises what aiohttp raises, and ``Unauthenticated`` when the token endpoint refuses; its text is never relayed,
    since a vendor may echo the client's secret.
    """

    owned: ClassVar[bool] = True

    def __init__(self, settings: ClientCredentials, upstream: UpstreamSettings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._url = upstream.url + settings.token_path
        self._timeout = aiohttp.ClientTimeout(upstream.total_timeout_s, sock_connect=upstream.connect_timeout_s)
        self._session = session
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._renew_at = 0.0

    async def secret(self, principal: Principal) -> str | None:
        if time.monotonic() >= self._renew_at:
            async with self._lock:
                if time.monotonic() >= self._renew_at:
                    await self._renew()
        return self._token

    async def _renew(self) -> None:
        form = {
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
            "grant_type": "client_credentials",
        }
        asked_at = time.monotonic()
        async with self._session.post(self._url, data=form, timeout=self._timeout, allow_redirects=False) as response:
            if response.status in (400, 401, 403):
                raise Unauthenticated("The upstream refused the gateway's client credentials.")
            if response.status != 200:
                raise UpstreamUnavailable("The upstream's token endpoint failed.")
            token = msgspec.json.decode(await read_at_most(response, MAX_TOKEN_BYTES), type=_Token)
        self._token = token.access_token
        # A token that lives shorter than the margin is still used for half of its life, not asked for at every use.
        margin_s = min(self._settings.renew_early_s, token.expires_in / 2)
        self._renew_at = asked_at + token.expires_in - margin_s


def outbound(credential: Credential, upstream: UpstreamSettings, session: aiohttp.ClientSession) -> Outbound:
    """The implementation of the scheme that the settings name."""
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
            return TokenCache(credential, upstream, session)
