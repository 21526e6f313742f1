"""Names in the store. They say what kind of thing is there, and nothing of whom or what it is about."""

from __future__ import annotations

import hashlib
import hmac

import msgspec


class Names:
    """``secret`` is the same for all copies of one gateway; without it no name can be tried out."""

    def __init__(self, secret: str = "") -> None:
        self._key = hashlib.sha256(b"fngraph names\0" + secret.encode()).digest()

    def of(self, kind: str, *parts: object) -> str:
        """Such as ``points:`` and 64 hexadecimal digits: the keyed hash (HMAC, RFC 2104) of ``parts`` as JSON."""
        return f"{kind}:{hmac.digest(self._key, kind.encode() + msgspec.json.encode(parts), 'sha256').hex()}"
