"""Who calls: the access key in an ``Authorization`` header.

Schemes of the vendor's page "Authentication": ``Bearer KEY``, and Basic with the key as the user name and an empty
password (``curl -u KEY:``). Known clients send ``null``, ``Bearer None`` and ``Bearer`` for an anonymous caller.
"""

from __future__ import annotations

import base64

import msgspec

from gateway.auth.principal import fingerprint
from gateway.errors import Unauthenticated

MAX_KEY_CHARS = 4096
_ANONYMOUS = {"", "none", "null", "undefined"}


class Caller(msgspec.Struct, frozen=True):
    """What a caller brought: an access key, or a token such as a JWT, and its fingerprint; none if anonymous."""

    access_key: str | None = None
    fingerprint: str = ""

    def __repr__(self) -> str:
        return f"Caller(fingerprint={self.fingerprint!r})"


ANONYMOUS_CALLER = Caller()


def caller_of(authorization: list[str]) -> Caller:
    """The caller that the values of all ``Authorization`` headers name.

    Raises ``Unauthenticated`` for two headers, an unknown scheme, or a key that is malformed or over 4,096 characters.
    """
    if not authorization:
        return ANONYMOUS_CALLER
    if len(authorization) > 1:
        raise Unauthenticated("More than one Authorization header.")
    scheme, _, rest = authorization[0].strip().partition(" ")
    match scheme.lower():
        case "bearer":
            return _with_key(rest.strip())
        case "basic":
            return _with_key(_basic_user(rest.strip()))
        case other if other in _ANONYMOUS and not rest:
            return ANONYMOUS_CALLER
    raise Unauthenticated("The Authorization header must be `Bearer KEY` or Basic with the key as user name.")


def _with_key(key: str) -> Caller:
    if key.lower() in _ANONYMOUS:
        return ANONYMOUS_CALLER
    if len(key) > MAX_KEY_CHARS or not key.isprintable():
        raise Unauthenticated("The access key is malformed.")
    return Caller(key, fingerprint(key))


def _basic_user(encoded: str) -> str:
    try:
        user, _, _ = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:  # no base64, no ASCII, or no UTF-8 in it
        raise Unauthenticated("The Basic credential is malformed.") from error
    return user
