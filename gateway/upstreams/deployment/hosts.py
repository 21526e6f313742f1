"""Which addresses of services may be called.

An inference key travels to the ``invoke_url`` of a record, and a record may be poisoned: to collect keys, or to make
the gateway call something inside its network. So an address has to be of a strict form, which no two URL parsers read
differently, and its host and port have to be allowed by the operator. Where an allowed name resolves to is the
operator's decision, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.settings import DeploymentSettings

VENDOR_DOMAIN = ".covalent.xyz"
DEFAULT_PORTS = {"https": 443, "http": 80}
ANY_PORT = "*"

# No user, no query, no fragment, nothing outside ASCII, no backslash, no space.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?"
    r"(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class _Origin:
    scheme: str
    host: str
    port: int


def is_allowed(address: str, settings: DeploymentSettings) -> bool:
    """Whether the service at ``address`` may be called and given its inference key.

    Where the management API is reached by https, so is every service.
    """
    origin = _origin(address)
    management = urlsplit(settings.url)
    if origin is None or (management.scheme == "https" and origin.scheme != "https"):
        return False
    return any(_fits(origin, rule) for rule in settings.invoke_hosts or _default_rules(settings.url))


def _origin(address: str) -> _Origin | None:
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return None
    port = int(match["port"] or DEFAULT_PORTS[match["scheme"]])
    return _Origin(match["scheme"], match["host"].lower(), port) if 0 < port < 65536 else None


def _fits(origin: _Origin, rule: str) -> bool:
    """``rule`` is ``host``, or ``.domain`` for all below, each with ``:port``, ``:*`` or the scheme's default port."""
    name, _, port = rule.partition(":") if not rule.startswith("[") else _bracketed(rule)
    if port != ANY_PORT and origin.port != int(port or DEFAULT_PORTS[origin.scheme]):
        return False
    return origin.host.endswith(name) if name.startswith(".") else origin.host == name


def _bracketed(rule: str) -> tuple[str, str, str]:
    address, _, port = rule.partition("]")
    return address + "]", ":", port.removeprefix(":")


def _default_rules(management_url: str) -> list[str]:
    """The management API's own host and port; and at the vendor's, its whole domain.

    For any other host the domain is no safe guess: that of ``a.herokuapp.com`` or ``b.co.uk`` is everybody's.
    """
    management = urlsplit(management_url)
    host = management.hostname or ""
    named = f"[{host}]" if ":" in host else host
    own = f"{named}:{management.port or DEFAULT_PORTS[management.scheme]}"
    return [own, VENDOR_DOMAIN] if host.endswith(VENDOR_DOMAIN) else [own]
