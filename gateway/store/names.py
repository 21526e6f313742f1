"""Names in the store, which say only what kind of thing is there, and seals of values, which others cannot make."""

from __future__ import annotations

import hashlib
import hmac

import msgspec

SEAL_BYTES = 32


class Names:
    """``secret`` is the same for all copies of one gateway; without it no name can be tried out, and no seal made."""

    def __init__(self, secret: str = "") -> None:
        self._key = hashlib.sha256(b"fngraph names\0" + secret.encode()).digest()

    def of(self, kind: str, *parts: object) -> str:
        """Such as ``points:`` and 64 hexadecimal digits: the keyed hash (HMAC, RFC 2104) of ``parts`` as JSON."""
        return f"{kind}:{self._digest(kind.encode() + msgspec.json.encode(parts)).hex()}"

    def sealed(self, name: str, content: bytes) -> bytes:
        """The content with what shows that a copy has put it under this name."""
        return self._digest(b"seal\0" + name.encode() + b"\0" + content) + content

    def unsealed(self, name: str, value: bytes) -> bytes | None:
        """The content; None for what no copy has put there."""
        content = value[SEAL_BYTES:]
        return content if hmac.compare_digest(self.sealed(name, content)[:SEAL_BYTES], value[:SEAL_BYTES]) else None

    def _digest(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, "sha256")
