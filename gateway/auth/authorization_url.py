"""An owner's own authorization of predictions: the vendor's "Custom Auth".

When a caller predicts with ``@owner/...`` and brings a key that nobody knows, the owner's URL is sent
``POST {"tag", "accessKey"}``. 200 lets the prediction pass, on the owner's credential; a body with ``error`` refuses,
and its text is for the caller. Source: docs.fxn.ai, "Custom Auth". Any text may be such a key.
"""

from __future__ import annotations

import aiohttp
import msgspec

from gateway.auth.inbound import Caller
from gateway.auth.principal import Principal
from gateway.bodies import read_at_most
from gateway.errors import Forbidden, GatewayError, UpstreamUnavailable
from gateway.roles import Role
from gateway.settings import AuthorizationUrlSettings, Settings

MAX_ANSWER_BYTES = 64 * 1024
SERVICE = "authorization_url"


class _Refusal(msgspec.Struct):
    error: str | None = None


class AuthorizationUrls:
    """The authenticator ``authorization_url``. It judges predictions only, so it takes no caller by itself."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        self._owners = {owner.owner: owner for owner in settings.auth.authorization_urls}
        self._session = session

    async def authenticate(self, caller: Caller) -> Principal | None:
        return None

    def judges(self, tag: str) -> bool:
        """Whether the tag's owner has an authorization URL."""
        return _owner(tag) in self._owners

    async def authorize(self, tag: str, access_key: str) -> Principal:
        """The owner, as whom the prediction is made. Raises ``Forbidden`` with the owner's text, and
        ``UpstreamUnavailable`` when the owner's URL does not answer as documented."""
        owner = self._owners[_owner(tag)]
        status, body = await self._ask(owner, {"tag": tag, "accessKey": access_key})
        if status >= 500 or 300 <= status < 400:
            raise _unavailable()
        text = _refusal(body)
        if text is not None or status != 200:
            raise Forbidden(text or "The predictor's owner refuses the access key.", service=SERVICE)
        return Principal(f"owner:{owner.owner}", frozenset({Role.USER}), owner.credential.get_secret_value())

    async def _ask(self, owner: AuthorizationUrlSettings, question: dict[str, str]) -> tuple[int, bytes]:
        timeout = aiohttp.ClientTimeout(owner.timeout_s)
        try:
            async with self._session.post(owner.url, json=question, timeout=timeout, allow_redirects=False) as answer:
                return answer.status, await read_at_most(answer, MAX_ANSWER_BYTES)
        except (aiohttp.ClientError, OSError, GatewayError) as error:
            raise _unavailable() from error


def _unavailable() -> UpstreamUnavailable:
    return UpstreamUnavailable("The predictor's owner cannot be asked.", service=SERVICE)


def _owner(tag: str) -> str:
    return tag.partition("/")[0].removeprefix("@")


def _refusal(body: bytes) -> str | None:
    """The owner's text, word for word; None without one. Raises ``UpstreamUnavailable`` for what is not JSON."""
    try:
        return msgspec.json.decode(body, type=_Refusal).error if body else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _unavailable() from error
