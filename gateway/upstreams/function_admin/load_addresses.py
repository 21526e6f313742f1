"""Which addresses ``loadFunction`` passes on: Open WebUI reads them itself, from inside its own network.

An address has a strict form, which no two URL parsers read differently; its host is public, by name and by every
address the name has; and the operator may list the only hosts there are. Redirects are followed here first, each one
checked, and the address they end at is passed on. What the name means to the server a moment later, or whether the
page then redirects, cannot be known here: see ``docs/function-administration.md``.
"""

from __future__ import annotations

import asyncio
import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from gateway.errors import BadInput
from gateway.settings import FunctionAdminSettings

MAX_REDIRECTS = 5
MAX_ADDRESS_CHARS = 2000
DEFAULT_PORTS = {"https": 443, "http": 80}
ANY_PORT = "*"
REDIRECTS = (301, 302, 303, 307, 308)

# No user, no fragment, nothing outside ASCII, no backslash, no space.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?)",
    re.ASCII | re.IGNORECASE,
)
# A last label that looks like a number makes parsers read the whole name as an IPv4 address: 0x7f.1, 2130706433.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# 6to4 and Teredo hold an IPv4 address that a relay would reach.
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))


class NotAllowedError(OSError):
    """A name has an address that is not public."""


@dataclass(frozen=True, slots=True)
class _Origin:
    scheme: str
    host: str
    port: int


async def final_address(address: str, settings: FunctionAdminSettings) -> str:
    """Where the redirects from ``address`` end. Raises ``BadInput`` for what may not be read, and what cannot be."""
    timeout = aiohttp.ClientTimeout(settings.read_timeout_s, sock_connect=settings.connect_timeout_s)
    connector = aiohttp.TCPConnector(resolver=_CheckedResolver(settings.load_from_private), force_close=True)
    jar = aiohttp.DummyCookieJar()
    try:
        async with (
            asyncio.timeout(settings.total_timeout_s),
            aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=jar) as session,
        ):
            return await _followed(session, address, settings)
    except NotAllowedError as error:
        raise BadInput("The address is not public.") from error
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        if isinstance(error.__cause__, NotAllowedError):
            raise BadInput("The address is not public.") from error
        raise BadInput("The address cannot be read.") from error


async def _followed(session: aiohttp.ClientSession, address: str, settings: FunctionAdminSettings) -> str:
    for _ in range(MAX_REDIRECTS + 1):
        check_address(address, settings)
        url = URL(address, encoded=True)
        async with session.get(url, allow_redirects=False) as response:
            location = response.headers.get("Location")
            if response.status not in REDIRECTS or location is None:
                return address
            address = str(url.join(URL(location, encoded=True)))
    raise BadInput(f"The address redirects more than {MAX_REDIRECTS} times.")


def check_address(address: str, settings: FunctionAdminSettings) -> None:
    """Raises ``BadInput`` unless the address has the strict form and its host may be read from."""
    origin = _origin(address)
    if origin is None:
        raise BadInput("The address must be a plain http or https address.")
    literal = _literal(origin.host)
    if literal is not None and not settings.load_from_private and not is_public(literal):
        raise BadInput("The address is not public.")
    rules = settings.load_hosts
    if rules and not any(_fits(origin, rule) for rule in rules):
        raise BadInput("The address is not on the list of hosts that functions may be loaded from.")
    if not rules and origin.port != DEFAULT_PORTS[origin.scheme]:
        raise BadInput("The address must have the default port of its scheme.")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is of the public internet: not private, local, shared, multicast, reserved or a tunnel's."""
    if isinstance(address, IPv6Address):
        embedded = any(address in network for network in _TUNNELS)
        return address in _GLOBAL_UNICAST and address.is_global and not embedded
    return address.is_global and not address.is_multicast and not address.is_reserved


class _CheckedResolver(AbstractResolver):
    """Names as the system knows them, refused when one of their addresses is not public.

    The addresses that were checked are those that are connected to.
    """

    def __init__(self, private: bool) -> None:
        self._private = private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        addresses = [str(row[4][0]).partition("%")[0] for row in found]
        if not self._private and not all(is_public(ip_address(address)) for address in addresses):
            raise NotAllowedError
        return [
            ResolveResult(hostname=host, host=address, port=port, family=row[0], proto=row[2], flags=0)
            for row, address in zip(found, addresses, strict=True)
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _origin(address: str) -> _Origin | None:
    match = _ADDRESS.fullmatch(address) if len(address) <= MAX_ADDRESS_CHARS else None
    if match is None:
        return None
    scheme, host = match["scheme"].lower(), match["host"].lower()
    port = int(match["port"] or DEFAULT_PORTS[scheme])
    last = host.rstrip(".").rpartition(".")[2]
    if not 0 < port < 65536 or (_NUMBER.fullmatch(last) and _literal(host) is None):
        return None
    return _Origin(scheme, host, port)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _fits(origin: _Origin, rule: str) -> bool:
    """``rule`` is ``host``, or ``.domain`` for all below, each with ``:port``, ``:*`` or the scheme's default port."""
    name, port = re.fullmatch(r"(\[[^]]*\]|[^:]*):?(.*)", rule.lower()).groups()  # type: ignore[union-attr]
    if port != ANY_PORT and origin.port != int(port or DEFAULT_PORTS[origin.scheme]):
        return False
    return origin.host.endswith(name) if name.startswith(".") else origin.host == name
