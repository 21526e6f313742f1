"""JSON Web Tokens of an identity provider, such as an OpenID Connect one."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import jwt
import structlog

from gateway.auth.inbound import Caller
from gateway.auth.principal import Principal
from gateway.bodies import read_at_most
from gateway.errors import GatewayError, Unauthenticated, UpstreamUnavailable
from gateway.roles import Role
from gateway.settings import JwtSettings, Settings, SettingsError

MAX_JWKS_BYTES = 256 * 1024
MIN_REFRESH_S = 10.0
log = structlog.get_logger("fngraph.auth.jwt")


class JsonWebTokens:
    """The authenticator ``jwt``. Takes whatever looks like a JWS (three parts, a header that parses); refuses it when
    its signature, issuer, audience or times are not right."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        if settings.auth.jwt is None:
            raise SettingsError(["auth.jwt: missing"])
        self._settings = settings.auth.jwt
        self._keys = KeySet(settings.auth.jwt, session)

    async def authenticate(self, caller: Caller) -> Principal | None:
        token = caller.access_key
        if token is None or token.count(".") != 2:
            return None
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except jwt.InvalidTokenError:
            return None
        claims = self._verified(token, await self._keys.key(kid))
        return Principal(f"jwt:{claims['sub']}", self._roles(claims), token if self._settings.forward else None)

    def _verified(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(self._settings.algorithms),
                issuer=self._settings.issuer,
                audience=self._settings.audience,
                leeway=self._settings.leeway_s,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("The token is not valid.") from error
        return claims

    def _roles(self, claims: dict[str, Any]) -> frozenset[Role]:
        found: Any = claims
        for name in self._settings.roles_claim.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        listed = found.split() if isinstance(found, str) else found
        admin = isinstance(listed, list) and self._settings.admin_value in listed
        return frozenset({Role.USER, Role.ADMIN} if admin else {Role.USER})


class KeySet:
    """The provider's keys: fetched when needed, one request at a time, kept ``cache_s``, and longer when the provider
    fails; asked early for an unknown key id, but at most once in ten seconds, so that made-up ids cost it nothing."""

    def __init__(self, settings: JwtSettings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._session = session
        self._lock = asyncio.Lock()
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._fetched_at = self._tried_at = float("-inf")

    async def key(self, kid: str | None) -> jwt.PyJWK:
        """The key with this id. Raises ``Unauthenticated`` for an unknown one, ``UpstreamUnavailable`` without keys."""
        async with self._lock:
            if self._due(kid):
                self._tried_at = time.monotonic()
                await self._fetch()
        if not self._keys:
            raise UpstreamUnavailable("The identity provider cannot be asked for its keys.")
        found = self._keys.get(kid)
        if found is None:
            raise Unauthenticated("The token is not valid.")
        return found

    def _due(self, kid: str | None) -> bool:
        now = time.monotonic()
        wanted = kid not in self._keys or now - self._fetched_at > self._settings.cache_s
        return wanted and now - self._tried_at > MIN_REFRESH_S

    async def _fetch(self) -> None:
        timeout = aiohttp.ClientTimeout(self._settings.timeout_s)
        try:
            async with self._session.get(self._settings.jwks_url, timeout=timeout, allow_redirects=False) as response:
                response.raise_for_status()
                keys = jwt.PyJWKSet.from_json((await read_at_most(response, MAX_JWKS_BYTES)).decode())
        except (aiohttp.ClientError, OSError, GatewayError, jwt.PyJWTError, ValueError) as error:
            log.warning("the identity provider's keys cannot be fetched", reason=type(error).__name__)
            return
        self._keys = {key.key_id: key for key in keys.keys}
        self._fetched_at = time.monotonic()
