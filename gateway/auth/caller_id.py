"""Whom an operation is charged to, when operations are counted per caller (docs/limits.md, "Callers")."""

from __future__ import annotations

import socket
from functools import lru_cache

import msgspec

from gateway.auth.principal import Principal, fingerprint

UNKNOWN_ADDRESS = "unknown"
"""One name for all addresses that cannot be read, so that nobody can make up new ones."""

_IPV4_MAPPED = bytes(10) + b"\xff\xff"


class CallerId(msgspec.Struct, frozen=True):
    """The names under which a caller is counted: its ``own``, its ``address``, or both. Neither is a secret."""

    own: str | None
    address: str | None


def caller_id(principal: Principal, address: str | None) -> CallerId:
    """How a request from this address (``scope["client"][0]``) is counted.

    A principal that the gateway itself has verified is counted alone, wherever it calls from. A key that only an
    upstream could verify is counted, and its address too: a made-up key must not be a way around the limit. Without a
    credential the address is all there is.
    """
    if principal.roles is None:
        return CallerId(principal.id, address_name(address))
    if principal.unknown_key is not None:
        return CallerId(f"unknown:{fingerprint(principal.unknown_key)}", address_name(address))
    if principal.anonymous:
        return CallerId(None, address_name(address))
    return CallerId(principal.id, None)


@lru_cache(maxsize=4096)
def address_name(address: str | None) -> str:
    """An IPv4 address as it is; of an IPv6 address its first 64 bits, which is what one subscriber has (RFC 6177)."""
    text = (address or "").partition("%")[0]
    try:
        if ":" not in text:
            return socket.inet_ntop(socket.AF_INET, socket.inet_pton(socket.AF_INET, text))
        packed = socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):
        return UNKNOWN_ADDRESS
    if packed.startswith(_IPV4_MAPPED):
        return socket.inet_ntop(socket.AF_INET, packed[12:])
    return socket.inet_ntop(socket.AF_INET6, packed[:8] + bytes(8)) + "/64"
