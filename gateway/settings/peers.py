"""Who may stand between a caller and the gateway: proxies, and pages of other origins in browsers."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

ANY = "*"

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


def _checked_proxy(value: str) -> str:
    if value != ANY:
        ipaddress.ip_network(value)
    return value


def _alone(values: list[str]) -> list[str]:
    if ANY in values and len(values) > 1:
        raise ValueError("nothing else can stand beside `*`")
    return values


def _checked_origin(value: str) -> str:
    """As browsers write it (RFC 6454, section 6.2): lower case, without a path."""
    origin = value.lower()
    if origin != ANY and not _ORIGIN.fullmatch(origin):
        raise ValueError("an origin is a scheme, a host and perhaps a port, such as https://app.example.com")
    return origin


Proxies = Annotated[list[Annotated[str, _checked_proxy]], _alone]
"""Addresses and networks; ``["*"]`` stands for all."""

Origins = Annotated[list[Annotated[str, _checked_origin]], _alone]
"""Origins of pages; ``["*"]`` stands for all."""
