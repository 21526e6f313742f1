"""Addresses and hosts, checked before anything is sent there."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

MAX_URL_CHARS = 2083
"""More, some proxies and servers do not take."""

_NOT_IN_A_URL = re.compile(r"[\s\x00-\x1f\x7f]")
_HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:%<>\\^`{|}\"]+)(:[0-9]*)?")
_INVOKE_HOST = re.compile(r"(\.?[a-z0-9_-][a-z0-9._-]*|\[[0-9a-f:.]+\])(:([0-9]{1,5}|\*))?")


def checked_url(value: str) -> str:
    """Without spaces around it and slashes at its end.

    Raises ``ValueError`` unless it begins with http or https, and names a host."""
    value = value.strip()
    if len(value) > MAX_URL_CHARS:
        raise ValueError(f"an address has at most {MAX_URL_CHARS} characters")
    if _NOT_IN_A_URL.search(value):
        raise ValueError("an address holds neither spaces nor control characters")
    if not value.lower().startswith(("http://", "https://")):
        raise ValueError("an address begins with http:// or https://")
    if not _names_a_host(value):
        raise ValueError("an address names a host that can be one, and perhaps a port up to 65535")
    return value.rstrip("/")


def _names_a_host(url: str) -> bool:
    """A host is a name or an IP address; what ends in a number is an address (WHATWG URL, section 3.5)."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port  # each raises for what is none
        if ":" in host or host.rstrip(".").rpartition(".")[2].isdecimal():
            ipaddress.ip_address(host.rstrip("."))
        else:
            host.encode("idna").decode("idna")
    except ValueError:
        return False
    return _HOST_AND_PORT.fullmatch(parts.netloc.rpartition("@")[2]) is not None


def _checked_host(value: str) -> str:
    host = value.lower()
    if not _INVOKE_HOST.fullmatch(host):
        raise ValueError("a host such as fn.prod.covalent.xyz, or .covalent.xyz for all below, perhaps with a port")
    return host


Url = Annotated[str, checked_url]

InvokeHost = Annotated[str, _checked_host]
