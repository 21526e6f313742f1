"""Names of documents: their SHA-256, and where a request has it.

Sources: GraphQL over HTTP, appendix "Persisted Documents", "SHA256 Hex Document Identifier"; Apollo Server, "Automatic
persisted queries", for ``extensions.persistedQuery {version sha256Hash}``.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

from gateway.errors import BadInput

SHA256_PREFIX = "sha256:"
_SHA256 = re.compile("[0-9a-f]{64}")


class _PersistedQuery(msgspec.Struct, rename="camel"):
    version: int
    sha256_hash: str


def sha256_of(text: str) -> str:
    """64 hexadecimal digits in lower case; no document has the hash of a text that cannot be UTF-8."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def is_sha256(name: str) -> bool:
    """Whether it is such a hash."""
    return _SHA256.fullmatch(name) is not None


def normal(name: str) -> str:
    """The name with its hash in lower case, if it is one. Raises ``BadInput`` for ``sha256:`` without a hash."""
    prefixed = name.startswith(SHA256_PREFIX)
    lower = name.removeprefix(SHA256_PREFIX).lower()
    if is_sha256(lower):
        return SHA256_PREFIX + lower if prefixed else lower
    if prefixed:
        raise BadInput("`sha256:` must be followed by 64 hexadecimal digits.")
    return name


def persisted_query(extensions: dict[str, Any] | None) -> str | None:
    """The name in ``persistedQuery``: a hash, or what a manifest calls the document; None without the extension.

    Raises ``BadInput``.
    """
    value = (extensions or {}).get("persistedQuery")
    if value is None:
        return None
    try:
        found = msgspec.convert(value, _PersistedQuery)
    except msgspec.ValidationError as error:
        raise BadInput("`extensions.persistedQuery` must be {version: 1, sha256Hash: (text)}.") from error
    if found.version != 1:
        raise BadInput("Unsupported persisted query version")
    return normal(found.sha256_hash)
