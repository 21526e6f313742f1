"""Badges signed by the front desk: ``badge.NAME.SIGNATURE``, an HMAC-SHA256 of the name in hexadecimal."""

from __future__ import annotations

import hashlib
import hmac

import aiohttp

from gateway.auth.inbound import Caller
from gateway.auth.principal import Principal
from gateway.errors import Unauthenticated
from gateway.roles import Role
from gateway.settings import Settings, SettingsError


class Badges:
    """The authenticator ``badges``; its settings are ``[auth.plugins.badges]`` with ``secret``."""

    def __init__(self, settings: Settings, _: aiohttp.ClientSession) -> None:
        try:
            secret: str = settings.auth.plugins["badges"].get_secret_value()["secret"]
        except KeyError as error:
            raise SettingsError(["auth.plugins.badges.secret: missing"]) from error
        self._secret = secret.encode()

    async def authenticate(self, caller: Caller) -> Principal | None:
        """Takes what begins with ``badge.``; refuses it when the signature is not the front desk's."""
        match (caller.access_key or "").split("."):
            case ["badge", name, signature]:
                expected = hmac.new(self._secret, name.encode(), hashlib.sha256).hexdigest()
                if not hmac.compare_digest(expected.encode(), signature.encode()):
                    raise Unauthenticated("The badge is not genuine.")
                return Principal(f"badge:{name}", frozenset({Role.USER}))
            case _:
                return None
