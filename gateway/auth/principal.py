"""Who a caller is, once an authenticator has said so."""

from __future__ import annotations

import hashlib
import re

import msgspec

from gateway.roles import Role


class Principal(msgspec.Struct, frozen=True):
    """The caller of one request. Nothing secret shows in ``repr``.

    ``roles`` is None where only the prediction upstream knows the key: it is asked when a role is needed. ``secret`` is
    what upstreams with scheme ``forward`` are sent. ``unknown_key`` is a key that the gateway itself does not know, but
    the owner of a predictor may. ``secret_fingerprint`` is that of ``secret``, where it is known already.
    """

    id: str
    roles: frozenset[Role] | None
    secret: str | None = None
    unknown_key: str | None = None
    secret_fingerprint: str | None = None

    def __repr__(self) -> str:
        return f"Principal(id={self.id!r}, roles={self.roles!r})"

    @property
    def anonymous(self) -> bool:
        return self.roles is not None and not self.roles


ANONYMOUS = Principal("anonymous", frozenset())


_TOKEN = re.compile(r"[\x21-\x7e]+")


def is_token(secret: str) -> bool:
    """Whether a vendor could have issued it: printable ASCII without spaces. Others never leave for an upstream."""
    return _TOKEN.fullmatch(secret) is not None


def fingerprint(secret: str) -> str:
    """What stands for a secret in names and cache keys: its SHA-256 in hexadecimal. Keys are random, so no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
