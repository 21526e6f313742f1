"""Access tokens for client credentials (RFC 6749, section 4.4), kept and renewed for all callers together."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING, Annotated, ClassVar

import aiohttp
import msgspec

from gateway.auth.principal import Principal
from gateway.bodies import read_at_most
from gateway.errors import Unauthenticated, UpstreamInvalid, UpstreamUnavailable
from gateway.settings import ClientCredentials, UpstreamSettings
from gateway.store.interface import Store

if TYPE_CHECKING:
    from gateway.auth.token_shelf import TokenShelf

MAX_TOKEN_BYTES = 64 * 1024
MAX_LIFETIME_S = 24 * 3600.0
MIN_LIFETIME_S = 1.0
NEXT_ATTEMPT_S = 5.0


TokenText = Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]+\Z")]
"""It goes into a header, so it is checked to be able to."""


class Token(msgspec.Struct, frozen=True):
    """``asked_at_s`` is in seconds of the epoch, since another machine may read it."""

    value: TokenText
    lifetime_s: Annotated[float, msgspec.Meta(gt=0, le=MAX_LIFETIME_S)]
    asked_at_s: float

    @property
    def age_s(self) -> float:
        """Never less than nothing, should the other machine's clock be ahead."""
        return max(time.time() - self.asked_at_s, 0.0)


class _Answer(msgspec.Struct):
    """RFC 6749, section 5.1. ``expires_in`` is in seconds."""

    access_token: TokenText
    expires_in: float = 3600.0


class TokenCache:
    """One token for all callers, and one renewal at a time, whose result or failure all who wait for it share.

    A token is renewed early, while it still serves; a failure of that harms nobody and is tried again after five
    seconds. What the endpoint says is never relayed, since a vendor may echo the client's secret. Whatever lifetime it
    names, a token is kept for at least a second and at most a day.
    """

    owned: ClassVar[bool] = True

    def __init__(
        self,
        settings: ClientCredentials,
        upstream: UpstreamSettings,
        session: aiohttp.ClientSession,
        store: Store | None = None,
    ) -> None:
        """With a ``store`` that is shared, one gateway renews for all."""
        self._settings = settings
        self._url = upstream.url + settings.token_path
        self._timeout = aiohttp.ClientTimeout(upstream.total_timeout_s, sock_connect=upstream.connect_timeout_s)
        self._session = session
        self._token: str | None = None
        self._asked_at_s = self._renew_at_s = self._expires_at_s = -math.inf
        self._renewal: asyncio.Task[None] | None = None
        self._refused: str | None = None
        self._shelf: TokenShelf | None = None
        if store is not None and store.shared:
            from gateway.auth.token_shelf import TokenShelf  # takes 10 MB, for cryptography

            self._shelf = TokenShelf(store, self._url, settings.client_id, settings.client_secret.get_secret_value())

    def account(self, principal: Principal) -> str:
        """All callers share the gateway's account."""
        return "gateway"

    async def secret(self, principal: Principal) -> str | None:
        """The token. Raises what aiohttp raises, and ``gateway.errors``."""
        now_s = time.monotonic()
        expired = now_s >= self._expires_at_s
        if expired or now_s >= self._renew_at_s:
            renewal = self._renewing()
            if expired:
                # A caller who leaves does not end the renewal that others wait for.
                await asyncio.shield(renewal)
        return self._token

    def outdated(self, secret: str) -> bool:
        """The upstream refused ``secret``: whether another attempt is worthwhile, with a newer token.

        A token that is refused while it is new would only be followed by another one that is.
        """
        if secret != self._token:
            return True
        if time.monotonic() < self._asked_at_s + self._settings.renew_refused_after_s:
            return False
        self._expires_at_s = -math.inf
        self._refused = secret
        return True

    def _renewing(self) -> asyncio.Task[None]:
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew())
            self._renewal.add_done_callback(_noted)
        return self._renewal

    async def _renew(self) -> None:
        self._renew_at_s = time.monotonic() + NEXT_ATTEMPT_S
        if self._shelf is None:
            self._use(await self._asked())
        else:
            self._use(await self._shelf.token(self._serves, self._asked))

    def _serves(self, token: Token) -> bool:
        """Whether the token of another gateway is a new one."""
        return token.value != self._refused and token.age_s < token.lifetime_s - self._early_s(token)

    def _use(self, token: Token) -> None:
        self._token = token.value
        self._asked_at_s = time.monotonic() - token.age_s
        self._expires_at_s = self._asked_at_s + token.lifetime_s
        self._renew_at_s = self._expires_at_s - self._early_s(token)

    def _early_s(self, token: Token) -> float:
        # A token that lives shorter than the margin is still used for half of its life, not asked for at every use.
        return min(self._settings.renew_early_s, token.lifetime_s / 2)

    async def _asked(self) -> Token:
        """A token that is as old as the question."""
        asked_at_s = time.time()
        token = await self._ask()
        lifetime_s = min(max(token.expires_in, MIN_LIFETIME_S), MAX_LIFETIME_S)
        return Token(token.access_token, lifetime_s, asked_at_s)

    async def _ask(self) -> _Answer:
        form = {
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
            "grant_type": "client_credentials",
        }
        async with self._session.post(self._url, data=form, timeout=self._timeout, allow_redirects=False) as response:
            if response.status in (400, 401, 403):
                raise Unauthenticated("The upstream refused the gateway's client credentials.")
            if response.status != 200:
                raise UpstreamUnavailable("The upstream's token endpoint failed.")
            content = await read_at_most(response, MAX_TOKEN_BYTES)
        try:
            return msgspec.json.decode(content, type=_Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise UpstreamInvalid("The upstream's token does not have the documented shape.") from None


def _noted(renewal: asyncio.Task[None]) -> None:
    """Nobody may be waiting for an early renewal: take its failure, so that asyncio does not report it as lost."""
    if not renewal.cancelled():
        renewal.exception()
