"""Who calls: an access key as ``Authorization: Bearer KEY`` or as the user name of a Basic header (docs.fxn.ai,
"Authentication").

Clients without a key leave the header out or send one of ``ANONYMOUS``, each seen in a release of ``fxn`` or ``fxnjs``.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass

from aiohttp import web

from gateway.sandbox.accounts import Accounts
from gateway.sandbox.prediction.errors import ApiError
from gateway.sandbox.store import Collection, Document

ANONYMOUS = frozenset({"", "null", "Bearer", "Bearer None"})


@dataclass(frozen=True)
class Caller:
    """``username`` is None for an anonymous caller; ``owned`` is that name and those of its organizations."""

    username: str | None
    owned: frozenset[str]

    def signed_in(self) -> str:
        """The username. Raises 401 for an anonymous caller."""
        if self.username is None:
            raise ApiError(401, "An access key is needed: send it as `Authorization: Bearer KEY`")
        return self.username

    def sees(self, predictor: Document) -> bool:
        return predictor["access"] != "PRIVATE" or predictor["owner"] in self.owned


class Callers:
    """Finds the caller of a request by its access key."""

    def __init__(self, accounts: Accounts, profiles: Collection) -> None:
        self._keys = {"yusuf": accounts.yusuf_key, "ada": accounts.ada_key, "samplefxn": accounts.samplefxn_key}
        self._profiles = profiles

    def of(self, request: web.Request) -> Caller:
        """The caller. Raises 401 for a key that nobody has."""
        key = _access_key(request.headers.get("Authorization", ""))
        if key is None:
            return Caller(None, frozenset())
        username = self._username(key)
        organizations = (row["username"] for row in self._profiles.documents() if row["owner"] == username)
        return Caller(username, frozenset({username, *organizations}))

    def _username(self, key: str) -> str:
        for username, known in self._keys.items():
            if secrets.compare_digest(key.encode(), known.encode()):
                return username
        raise ApiError(401, "Invalid access key")


def _access_key(header: str) -> str | None:
    if header.strip() in ANONYMOUS:
        return None
    scheme, _, credential = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return credential.strip()
    if scheme.lower() == "basic":
        return _basic_username(credential)
    raise ApiError(401, "The Authorization header must be `Bearer KEY` or Basic with the key as user name")


def _basic_username(credential: str) -> str:
    try:
        return base64.b64decode(credential, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ApiError(401, "The Basic credentials are not Base64 text") from error
